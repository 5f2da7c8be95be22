import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { RuleGroup } from '@/api/types';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { linkPaths } from '@/features/campaign/form/choices';
import { ColumnsField } from '@/features/campaign/form/ColumnsField';
import { ExpressionLine, SortList } from '@/features/campaign/form/FieldFields';
import { withOwn } from '@/features/campaign/form/NameFields';
import { readSorts, writeSorts } from '@/features/campaign/form/sorts';
import {
  asKind,
  columnsOfAdd,
  COUNT_MAX,
  freshAdd,
  kindOfAdd,
  named,
  readAdds,
  type Add,
  type AddKind,
  type Collect,
} from '@/features/campaign/panels/enrichment';
import { clean, isEmpty } from '@/features/campaign/panels/fields';
import { t } from '@/i18n';
import { Figure } from '@/rules/Linked';
import { follow, type Scope } from '@/rules/scope';
import { FieldPicker } from '@/ui/FieldPicker';
import { schemaAt } from '@/ui/form/schema';
import classes from '@/features/campaign/editor.module.css';

const KINDS: AddKind[] = ['field', 'collect', 'aggregate', 'expression'];

/** The columns that are added, one by one: a field, the first linked rows, a figure of them, an expression. */
export function EnrichmentPanel(props: PanelProps) {
  const { activity, set, rest, errorAt } = props;
  const adds = readAdds(activity.add);
  const error = errorAt(['add']);
  return (
    <div className={classes.stack}>
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
      {adds.map((add, index) => (
        <AddEditor key={index} {...props} add={add} index={index} adds={adds} />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} />}
        onClick={() => set({ add: [...adds, freshAdd(adds)] })}
      >
        {t('enrichment.add')}
      </Button>
      {rest(['add'])}
    </div>
  );
}

type EntryProps = PanelProps & { add: Add; index: number; adds: Add[] };
type PartProps = EntryProps & { put: (next: Add, word?: string) => void };

function AddEditor(props: EntryProps) {
  const { activity, add, index, adds, set, scope, errorAt } = props;
  const kind = kindOfAdd(add);
  const links = linkPaths(scope, (_, toMany) => toMany);
  const put = (next: Add, word?: string) =>
    set(
      { add: adds.map((each, at) => (at === index ? next : each)) },
      word && `${activity.id} add ${index} ${word}`,
    );
  const error = ['field', 'expression', 'link', 'collect', 'aggregate', 'name', 'where']
    .map((part) => errorAt(['add', String(index), part]))
    .find((each) => each !== undefined);
  return (
    <fieldset className={classes.subset}>
      <legend>{add.label ?? add.name}</legend>
      <div className={classes.row}>
        <Select
          size="xs"
          style={{ flex: 1 }}
          label={t('enrichment.kind')}
          allowDeselect={false}
          data={KINDS.map((value) => ({ value, label: t(`enrichment.kind.${value}`) }))}
          value={kind}
          onChange={(next) =>
            next !== null &&
            put(
              asKind(
                add,
                next as AddKind,
                links.map(({ value }) => value),
              ),
            )
          }
        />
        <TextInput
          size="xs"
          style={{ flex: 1 }}
          label={t('enrichment.name')}
          value={add.name}
          onChange={({ currentTarget }) => put({ ...add, name: currentTarget.value }, 'name')}
        />
        <span className={classes.rowButtons}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('enrichment.remove', { name: add.label ?? add.name })}
            onClick={() => set({ add: adds.filter((_, at) => at !== index) })}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </span>
      </div>
      {kind === 'field' && <FieldPart {...props} put={put} />}
      {kind === 'expression' && (
        <ExpressionLine
          label={t('enrichment.kind.expression')}
          scope={scope}
          value={add.expression ?? ''}
          onChange={(expression) => put({ ...add, expression }, 'expression')}
        />
      )}
      {(kind === 'collect' || kind === 'aggregate') && (
        <LinkPart {...props} put={put} links={links} form={kind} context={props.form} />
      )}
      <TextInput
        size="xs"
        label={t('enrichment.label')}
        placeholder={add.name}
        value={add.label ?? ''}
        onChange={({ currentTarget: { value } }) =>
          put(clean<Add>({ ...add, label: value === '' ? undefined : value }), 'label')
        }
      />
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
    </fieldset>
  );
}

function FieldPart({ add, adds, fields, put }: PartProps) {
  return (
    <FieldPicker
      label={t('enrichment.field')}
      choices={fields}
      value={add.field}
      onChange={(field = '') => put(named({ ...add, field }, lastOf(field), adds), 'field')}
    />
  );
}

type LinkProps = Omit<PartProps, 'form'> & {
  links: { value: string; label: string }[];
  form: 'collect' | 'aggregate';
  context: PanelProps['form'];
};

/** The link, and what of its rows is taken. */
function LinkPart(props: LinkProps) {
  const { add, adds, index, scope, put, links, form, rule } = props;
  const link = add.link ?? '';
  const inner = scope === undefined ? undefined : follow(scope, link)?.scope;
  return (
    <>
      <Select
        size="xs"
        searchable
        label={t('enrichment.link')}
        allowDeselect={false}
        data={withOwn(links, link === '' ? [] : [link])}
        value={link === '' ? null : link}
        onChange={(next) => next !== null && put(named({ ...add, link: next }, lastOf(next), adds))}
      />
      {inner !== undefined && form === 'aggregate' && (
        <div className={classes.row}>
          <Figure
            scope={inner}
            aggregate={add.aggregate ?? { function: 'count' }}
            onChange={(aggregate) => put({ ...add, aggregate })}
          />
        </div>
      )}
      {form === 'collect' && <CollectPart {...props} inner={inner} />}
      {whereOf(add, form).map(({ path, where, with_ }) => (
        <div key={path.join('.')}>
          {rule({
            label: t('enrichment.where'),
            path: ['add', String(index), ...path],
            link,
            value: where,
            onChange: (value) => put(with_(isEmpty(value) ? undefined : (value as RuleGroup))),
          })}
        </div>
      ))}
      {form === 'collect' && (
        <p className={classes.fieldHelp}>
          {t('enrichment.columns', { columns: columnsOfAdd(add).slice(0, 6).join(', ') })}
        </p>
      )}
    </>
  );
}

interface Where {
  path: string[];
  where: RuleGroup | undefined;
  with_: (where: RuleGroup | undefined) => Add;
}

/** The rules over linked rows: one of the entry, and of collected rows one of their own, of which one is enough. */
function whereOf(add: Add, form: 'collect' | 'aggregate'): Where[] {
  const own = {
    path: ['where'],
    where: add.where,
    with_: (where: RuleGroup | undefined) => clean<Add>({ ...add, where }),
  };
  const { collect } = add;
  if (form === 'aggregate' || collect === undefined) return [own];
  const inside = {
    path: ['collect', 'where'],
    where: collect.where,
    with_: (where: RuleGroup | undefined) => ({
      ...add,
      collect: clean<Collect>({ ...collect, where }),
    }),
  };
  return add.where === undefined ? [inside] : [inside, own];
}

function CollectPart({
  add,
  index,
  put,
  inner,
  context,
}: LinkProps & { inner: Scope | undefined }) {
  const collect = add.collect ?? { count: 3 };
  const path = ['add', String(index), 'collect'];
  const sorts = readSorts(collect.sort);
  const set = (fields: Partial<Collect>) =>
    put({ ...add, collect: clean<Collect>({ ...collect, ...fields }) }, 'collect');
  return (
    <>
      <NumberInput
        size="xs"
        label={t('enrichment.count')}
        min={1}
        max={COUNT_MAX}
        allowDecimal={false}
        error={context.errorAt([...path, 'count'])}
        value={collect.count}
        onChange={(count) => typeof count === 'number' && count >= 1 && set({ count })}
      />
      <SortList
        label={t('enrichment.first')}
        without={t('enrichment.byKey')}
        scope={inner}
        sorts={sorts}
        errorOf={(at) => {
          const place = sorts.length === 1 ? [] : [String(at)];
          return context.errorAt([...path, 'sort', ...place, 'by']);
        }}
        onChange={(next) => set({ sort: writeSorts(next) })}
      />
      <ColumnsField
        path={[...path, 'fields']}
        label={t('enrichment.fields')}
        help={undefined}
        schema={schemaAt(context.root, [...path, 'fields'], context.root)}
        required
        value={collect.fields}
        onChange={(fields) => set({ fields: fields as unknown[] })}
        error={context.errorAt([...path, 'fields'])}
        form={context}
        beside={{ ...collect }}
        scope={inner}
      />
    </>
  );
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}
