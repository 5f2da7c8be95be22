import { ActionIcon, Button, NumberInput, Select, Slider, Switch, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconEqual, IconPlus, IconTrash } from '@tabler/icons-react';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { SortList } from '@/features/campaign/form/FieldFields';
import { readSorts, writeSorts } from '@/features/campaign/form/sorts';
import {
  equalShares,
  freshSubset,
  readSubsets,
  setPercent,
  sharesOf,
  type Limit,
  type Subset,
} from '@/features/campaign/panels/split';
import { clean, isEmpty } from '@/features/campaign/panels/fields';
import { t } from '@/i18n';
import { schemaAt } from '@/ui/form/schema';
import { Properties } from '@/ui/form/SchemaForm';
import classes from '@/features/campaign/editor.module.css';

type LimitKind = 'none' | 'percent' | 'number';

/** Subsets with their shares as a bar. */
export function SplitPanel(props: PanelProps) {
  const { activity, set, rest, errorAt } = props;
  const subsets = readSubsets(activity.subsets);
  const { shares, rest: left } = sharesOf(subsets, activity.overlap === true);
  const change = (next: Subset[], word?: string) => set({ subsets: next }, word);
  return (
    <div className={classes.stack}>
      <div className={classes.shares} role="img" aria-label={t('split.shares')}>
        {shares.map(({ id, label, percent }, index) => (
          <span
            key={id}
            className={classes.share}
            data-known={percent !== undefined}
            data-nth={index % 5}
            style={{ flex: `${percent ?? 14} 0 0` }}
            title={percent === undefined ? label : `${label}: ${percent} %`}
          >
            <span className={classes.shareName}>{label}</span>
            {percent !== undefined && <b>{percent} %</b>}
          </span>
        ))}
        {left !== undefined && left > 0 && (
          <span
            className={classes.share}
            data-rest="true"
            style={{ flex: `${left} 0 0` }}
            title={`${t('split.rest')}: ${left} %`}
          >
            <span className={classes.shareName}>{t('split.rest')}</span>
            <b>{left} %</b>
          </span>
        )}
      </div>
      {errorAt(['subsets']) !== undefined && (
        <p className={classes.fieldError}>{errorAt(['subsets'])}</p>
      )}
      {subsets.map((subset, index) => (
        <SubsetEditor
          key={index}
          {...props}
          subset={subset}
          index={index}
          subsets={subsets}
          change={change}
        />
      ))}
      <div className={classes.row}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          onClick={() => change([...subsets, freshSubset(subsets)])}
        >
          {t('split.add')}
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconEqual size={13} />}
          onClick={() => change(equalShares(subsets))}
        >
          {t('split.equal')}
        </Button>
      </div>
      {rest(['subsets'])}
    </div>
  );
}

interface SubsetProps extends PanelProps {
  subset: Subset;
  index: number;
  subsets: Subset[];
  change: (subsets: Subset[], word?: string) => void;
}

function SubsetEditor(props: SubsetProps) {
  const { activity, subset, index, subsets, change, rule, errorAt } = props;
  const put = (fields: Partial<Subset>, word?: string) => {
    const next = subsets.map((each, at) => (at === index ? clean({ ...each, ...fields }) : each));
    change(next, word && `${activity.id} subset ${index} ${word}`);
  };
  const swap = (to: number) => {
    const next = [...subsets];
    const [a, b] = [next[index], next[to]];
    if (a === undefined || b === undefined) return;
    [next[index], next[to]] = [b, a];
    change(next);
  };
  const rename = (id: string) => {
    const free = !subsets.some((each, at) => at !== index && each.id === id);
    if (/^[A-Za-z0-9_-]+$/.test(id) && free && id !== subset.id) put({ id });
  };
  const name = subset.label ?? subset.id;
  return (
    <fieldset className={classes.subset}>
      <legend>{name}</legend>
      <div className={classes.row}>
        <TextInput
          size="xs"
          style={{ flex: 2 }}
          label={t('split.label')}
          placeholder={subset.id}
          value={subset.label ?? ''}
          onChange={({ currentTarget: { value } }) =>
            put({ label: value === '' ? undefined : value }, 'label')
          }
        />
        <TextInput
          key={subset.id}
          size="xs"
          style={{ flex: 1 }}
          label={t('split.port')}
          error={errorAt(['subsets', String(index), 'id'])}
          defaultValue={subset.id}
          onBlur={({ currentTarget }) => rename(currentTarget.value)}
        />
        <span className={classes.rowButtons}>
          <Move
            label={t('split.up', { name })}
            disabled={index === 0}
            onClick={() => swap(index - 1)}
            Icon={IconArrowUp}
          />
          <Move
            label={t('split.down', { name })}
            disabled={index === subsets.length - 1}
            onClick={() => swap(index + 1)}
            Icon={IconArrowDown}
          />
          <Move
            label={t('split.remove', { name })}
            disabled={subsets.length < 2}
            onClick={() => change(subsets.filter((_, at) => at !== index))}
            Icon={IconTrash}
          />
        </span>
      </div>
      <LimitPart {...props} put={put} />
      {rule({
        label: t('split.filter'),
        path: ['subsets', String(index), 'where'],
        value: subset.where,
        onChange: (where) => put({ where: isEmpty(where) ? undefined : where }),
      })}
      <TextInput
        size="xs"
        label={t('split.code')}
        placeholder={name}
        value={subset.segment_code ?? ''}
        onChange={({ currentTarget: { value } }) =>
          put({ segment_code: value === '' ? undefined : value }, 'code')
        }
      />
      <Switch
        size="xs"
        label={t('split.skip')}
        checked={subset.skip_when_empty === true}
        onChange={({ currentTarget }) =>
          put({ skip_when_empty: currentTarget.checked || undefined })
        }
      />
    </fieldset>
  );
}

type PartProps = SubsetProps & { put: (fields: Partial<Subset>, word?: string) => void };

/** How many rows the subset takes, and which of them first. */
function LimitPart(props: PartProps) {
  const { subset, index, subsets, change, put, activity, errorAt } = props;
  const { limit } = subset;
  const kind = kindOfLimit(limit);
  const setKind = (next: string | null) => {
    const { percent: _percent, number: _number, of, ...others } = limit ?? {};
    if (next === 'none') put({ limit: undefined });
    else if (next === 'number') put({ limit: { ...others, number: 100 } });
    else put({ limit: clean<Limit>({ ...others, of, percent: 50 }) });
  };
  const percent = (value: number) =>
    change(setPercent(subsets, index, value), `${activity.id} subset ${index} percent`);
  const name = subset.label ?? subset.id;
  const error =
    errorAt(['subsets', String(index), 'limit']) ??
    errorAt(['subsets', String(index), 'limit', kind]);
  return (
    <>
      <div className={classes.row}>
        <Select
          size="xs"
          style={{ flex: 1 }}
          label={t('split.limit')}
          allowDeselect={false}
          data={[
            { value: 'none', label: t('split.noLimit') },
            { value: 'percent', label: t('split.percent') },
            { value: 'number', label: t('split.number') },
          ]}
          value={kind}
          onChange={setKind}
        />
        {kind === 'percent' && (
          <NumberInput
            size="xs"
            w={96}
            label="%"
            min={0}
            max={100}
            error={error}
            aria-label={t('split.percentOf', { name })}
            value={limit?.percent ?? 0}
            onChange={(next) => typeof next === 'number' && percent(next)}
          />
        )}
        {kind === 'number' && (
          <NumberInput
            size="xs"
            w={96}
            label={t('split.rows')}
            min={0}
            allowDecimal={false}
            thousandSeparator
            error={error}
            value={limit?.number ?? 0}
            onChange={(next) =>
              typeof next === 'number' && put({ limit: { ...limit, number: next } }, 'number')
            }
          />
        )}
      </div>
      {kind === 'percent' && (
        <Slider
          size="sm"
          min={0}
          max={100}
          label={(value) => `${value} %`}
          thumbLabel={t('split.percentOf', { name })}
          value={limit?.percent ?? 0}
          onChange={percent}
        />
      )}
      {kind !== 'none' && <LimitMore {...props} limitKind={kind} />}
    </>
  );
}

/** What a share is of, in which order rows are taken, and for each of which values. */
function LimitMore(props: PartProps & { limitKind: LimitKind }) {
  const { subset, index, put, limitKind, form, scope, errorAt } = props;
  const { limit } = subset;
  const sorts = readSorts(limit?.sort);
  const path = ['subsets', String(index), 'limit'];
  const schema = schemaAt(form.root, path, form.root);
  const omit = ['number', 'percent', 'sort'];
  if (limitKind !== 'percent') omit.push('of');
  if (sorts.length === 0) omit.push('ties');
  if (limit?.per === undefined) omit.push('values');
  return (
    <>
      <SortList
        label={t('split.taken')}
        without={t('split.random')}
        scope={scope}
        sorts={sorts}
        errorOf={(at) => {
          const place = sorts.length === 1 ? [] : [String(at)];
          return errorAt([...path, 'sort', ...place, 'by']) ?? errorAt([...path, 'sort', ...place]);
        }}
        onChange={(next) => {
          const ties = next.length === 0 ? undefined : limit?.ties;
          put({ limit: clean<Limit>({ ...limit, sort: writeSorts(next), ties }) }, 'sort');
        }}
      />
      <Properties
        schema={schema}
        path={path}
        value={{ ...limit }}
        omit={omit}
        form={form}
        onChange={(next) => {
          const { values, ...others } = next as Limit;
          const kept = others.per === undefined ? others : clean<Limit>({ ...others, values });
          put({ limit: kept }, 'limit');
        }}
      />
    </>
  );
}

function kindOfLimit(limit: Limit | undefined): LimitKind {
  if (limit?.percent !== undefined) return 'percent';
  return limit?.number === undefined ? 'none' : 'number';
}

function Move({
  label,
  disabled,
  onClick,
  Icon,
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
  Icon: typeof IconTrash;
}) {
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={14} />
    </ActionIcon>
  );
}
