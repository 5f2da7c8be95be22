import {
  ActionIcon,
  Autocomplete,
  Button,
  MultiSelect,
  NumberInput,
  Select,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { RuleGroup } from '@/api/types';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import {
  asKind,
  collectionPaths,
  columnsOfAdd,
  firstSort,
  freshAdd,
  kindOfAdd,
  named,
  readAdds,
  type Add,
  type AddKind,
} from '@/features/campaign/panels/enrichment';
import { clean, isEmpty } from '@/features/campaign/panels/fields';
import { t } from '@/i18n';
import { ExpressionField } from '@/rules/ExpressionField';
import { Figure } from '@/rules/Linked';
import { columnsOf, follow, reachablePaths, type Scope } from '@/rules/scope';
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
  const links = scope === undefined ? [] : collectionPaths(scope);
  const put = (next: Add, word?: string) =>
    set(
      { add: adds.map((each, at) => (at === index ? next : each)) },
      word && `${activity.id} add ${index} ${word}`,
    );
  const error = ['field', 'expression', 'link', 'collect', 'aggregate', 'name']
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
          onChange={(next) => next !== null && put(asKind(add, next as AddKind, links))}
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
      {kind === 'expression' && <ExpressionPart {...props} put={put} />}
      {(kind === 'collect' || kind === 'aggregate') && (
        <LinkPart {...props} put={put} links={links} form={kind} />
      )}
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
    </fieldset>
  );
}

function FieldPart({ add, adds, paths, put }: PartProps) {
  return (
    <Autocomplete
      size="xs"
      label={t('enrichment.field')}
      data={paths}
      limit={60}
      value={add.field ?? ''}
      onChange={(field) => put(named({ ...add, field }, lastOf(field), adds), 'field')}
    />
  );
}

function ExpressionPart({ add, scope, put }: PartProps) {
  if (scope === undefined) return null;
  return (
    <ExpressionField
      scope={scope}
      label={t('enrichment.kind.expression')}
      placeholder="initcap(first_name)"
      value={typeof add.expression === 'string' ? add.expression : ''}
      onChange={(expression) => put({ ...add, expression }, 'expression')}
    />
  );
}

/** The link, and what of its rows is taken. */
function LinkPart(props: PartProps & { links: string[]; form: 'collect' | 'aggregate' }) {
  const { add, adds, index, scope, put, links, form, rule, activity } = props;
  const link = add.link ?? '';
  const own = ownLinks(activity.links);
  const known = [...new Set([...links, ...own, ...(link === '' ? [] : [link])])];
  const inner = scope === undefined ? undefined : follow(scope, link)?.scope;
  const where = form === 'collect' ? add.collect?.where : add.where;
  const putWhere = (value: unknown) => {
    const next = isEmpty(value) ? undefined : (value as RuleGroup);
    if (form === 'aggregate') put(clean({ ...add, where: next }));
    else if (add.collect !== undefined) {
      put({ ...add, collect: clean({ ...add.collect, where: next }) });
    }
  };
  return (
    <>
      <Select
        size="xs"
        searchable
        label={t('enrichment.link')}
        allowDeselect={false}
        data={known}
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
      {inner !== undefined && form === 'collect' && <CollectPart {...props} inner={inner} />}
      {inner !== undefined &&
        rule({
          label: t('enrichment.where'),
          path: ['add', String(index), ...(form === 'collect' ? ['collect'] : []), 'where'],
          link,
          value: where,
          onChange: putWhere,
        })}
      {form === 'collect' && (
        <p className={classes.fieldHelp}>
          {t('enrichment.columns', { columns: columnsOfAdd(add).slice(0, 6).join(', ') })}
        </p>
      )}
    </>
  );
}

function CollectPart({ add, put, inner }: PartProps & { inner: Scope }) {
  const collect = add.collect ?? { count: 3 };
  const sort = firstSort(collect.sort);
  const set = (fields: Partial<typeof collect>) =>
    put({ ...add, collect: clean({ ...collect, ...fields }) }, 'collect');
  return (
    <>
      <div className={classes.row}>
        <NumberInput
          size="xs"
          w={90}
          label={t('enrichment.count')}
          min={1}
          max={100}
          allowDecimal={false}
          value={collect.count}
          onChange={(count) => typeof count === 'number' && count >= 1 && set({ count })}
        />
        <Select
          size="xs"
          style={{ flex: 1 }}
          label={t('enrichment.first')}
          searchable
          clearable
          placeholder={t('enrichment.byKey')}
          data={columnsOf(inner).map(({ name, label }) => ({ value: name, label: label ?? name }))}
          value={sort?.by ?? null}
          onChange={(by) =>
            set({ sort: by === null ? undefined : { order: 'descending', ...sort, by } })
          }
        />
        {sort !== undefined && (
          <Select
            size="xs"
            w={130}
            label={t('split.order')}
            allowDeselect={false}
            data={[
              { value: 'descending', label: t('rules.greatestFirst') },
              { value: 'ascending', label: t('rules.leastFirst') },
            ]}
            value={sort.order ?? 'ascending'}
            onChange={(order) => set({ sort: { ...sort, order: order as 'ascending' } })}
          />
        )}
      </div>
      <MultiSelect
        size="xs"
        searchable
        label={t('enrichment.fields')}
        data={[...new Set([...reachablePaths(inner), ...(collect.fields ?? [])])]}
        value={collect.fields ?? []}
        onChange={(fields) => set({ fields })}
      />
    </>
  );
}

/** Names of the links that the activity makes itself. */
function ownLinks(links: unknown): string[] {
  const each = Array.isArray(links) ? (links as { name?: unknown }[]) : [];
  return each.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}
