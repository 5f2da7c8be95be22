import { Select, TextInput } from '@mantine/core';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { earlierAt, variablesAt } from '@/features/campaign/form/choices';
import { ExpressionLine } from '@/features/campaign/form/FieldFields';
import { PortField, withOwn } from '@/features/campaign/form/NameFields';
import { scopeFor } from '@/features/campaign/form/scopes';
import type { Choice } from '@/features/campaign/form/useKnown';
import { clean } from '@/features/campaign/panels/fields';
import {
  about,
  compared,
  freshCondition,
  readConditions,
  subjectOf,
  type Condition,
  type Subject,
} from '@/features/campaign/panels/test';
import { settingOf } from '@/features/campaign/setting';
import { t, tServer } from '@/i18n';
import { kindOf, operatorsOf, WITHOUT_VALUE, type ColumnKind } from '@/rules/scope';
import { ValueEditor } from '@/rules/ValueEditor';
import { kindOfValue } from '@/rules/ValueField';
import { operatorWords } from '@/rules/words';
import { AddEntry, EntryButtons } from '@/ui/form/ListField';
import { plainFieldOf, resolve, schemaAt } from '@/ui/form/schema';
import classes from '@/features/campaign/editor.module.css';

const SUBJECTS: Subject[] = ['rows', 'count', 'variable', 'expression'];

/** The conditions one after the other; the first that holds says by which port everybody leaves. */
export function TestPanel(props: PanelProps) {
  const { activity, set, rest, errorAt } = props;
  const conditions = readConditions(activity.conditions);
  const change = (next: Condition[], word?: string) => set({ conditions: next }, word);
  const error = errorAt(['conditions']);
  return (
    <div className={classes.stack}>
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
      {conditions.map((condition, index) => (
        <ConditionEditor
          key={index}
          {...props}
          condition={condition}
          index={index}
          conditions={conditions}
          change={change}
        />
      ))}
      <AddEntry
        label={t('test.add')}
        onAdd={() => change([...conditions, freshCondition(conditions)])}
      />
      {rest(['conditions'])}
    </div>
  );
}

type ConditionProps = PanelProps & {
  condition: Condition;
  index: number;
  conditions: Condition[];
  change: (conditions: Condition[], word?: string) => void;
};

function ConditionEditor(props: ConditionProps) {
  const { activity, condition, index, conditions, change, errorAt, form } = props;
  const subject = subjectOf(condition);
  const put = (next: Condition, word?: string) =>
    change(conditions.with(index, next), word && `${activity.id} condition ${index} ${word}`);
  const path = ['conditions', String(index)];
  const name = condition.label ?? condition.id;
  return (
    <fieldset className={classes.subset}>
      <legend>{name}</legend>
      <div className={classes.row}>
        <TextInput
          size="xs"
          style={{ flex: 2 }}
          label={t('test.label')}
          placeholder={condition.id}
          value={condition.label ?? ''}
          onChange={({ currentTarget: { value } }) =>
            put(
              clean<Condition>({ ...condition, label: value === '' ? undefined : value }),
              'label',
            )
          }
        />
        <div style={{ flex: 1 }}>
          <PortField
            path={[...path, 'id']}
            label={t('split.port')}
            help={undefined}
            schema={{}}
            required
            value={condition.id}
            onChange={(id) => put({ ...condition, id: String(id) })}
            error={errorAt([...path, 'id'])}
            form={form}
            beside={{ ...condition }}
          />
        </div>
        <EntryButtons
          list={conditions}
          index={index}
          label={t('test.conditions')}
          least={1}
          onChange={change}
        />
      </div>
      <Select
        size="xs"
        label={t('test.subject')}
        allowDeselect={false}
        data={SUBJECTS.map((value) => ({ value, label: t(`test.${value}`) }))}
        value={subject}
        onChange={(next) => next !== null && put(about(condition, next as Subject))}
      />
      <SubjectPart {...props} subject={subject} put={put} />
      <Comparison {...props} subject={subject} put={put} />
    </fieldset>
  );
}

type PartProps = ConditionProps & {
  subject: Subject;
  put: (condition: Condition, word?: string) => void;
};

function SubjectPart({ condition, index, subject, put, known, errorAt }: PartProps) {
  const error = errorAt(['conditions', String(index), subject]);
  switch (subject) {
    case 'rows':
      return null;
    case 'count':
      return (
        <Named
          label={t('test.count')}
          data={earlierAt(known)}
          value={condition.count}
          error={error}
          onChange={(count) => put({ ...condition, count })}
        />
      );
    case 'variable':
      return (
        <Named
          label={t('test.variable')}
          data={variablesAt(known)}
          value={condition.variable}
          error={error}
          onChange={(variable) => put({ ...condition, variable })}
        />
      );
    case 'expression':
      return (
        <ExpressionLine
          label={t('test.expression')}
          scope={scopeFor(known, { of: 'run', beside: {} })}
          placeholder="$rows > 2 * $rows_target"
          value={condition.expression ?? ''}
          error={error}
          onChange={(expression) => put({ ...condition, expression }, 'expression')}
        />
      );
  }
}

interface NamedProps {
  label: string;
  data: Choice[];
  value: string | undefined;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Named({ label, data, value = '', error, onChange }: NamedProps) {
  return (
    <Select
      size="xs"
      aria-label={label}
      searchable
      allowDeselect={false}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothing')}
      error={error}
      data={withOwn(data, value === '' ? [] : [value])}
      value={value === '' ? null : value}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}

/** By itself true or false, which only an expression can be. */
const BY_ITSELF = 'itself';

function Comparison(props: PartProps) {
  const { condition, index, subject, put, form, errorAt } = props;
  const kind = kindOfSubject(props);
  const schema = schemaAt(form.root, ['conditions', '0', 'operator'], form.root);
  const field = plainFieldOf(schema, form.root);
  const able = new Set(field.kind === 'choice' ? field.choices.map((each) => each.value) : []);
  const { operator } = condition;
  const usual = operatorsOf(kind).filter((each) => able.has(each));
  const offered = [...new Set([...usual, ...(operator === undefined ? [] : [operator])])];
  const itself = { value: BY_ITSELF, label: t('test.itself') };
  const label = t('test.operator');
  return (
    <div className={classes.comparison}>
      <Select
        size="xs"
        w={176}
        aria-label={label}
        allowDeselect={false}
        title={tServer(resolve(schema, form.root).description)}
        error={errorAt(['conditions', String(index), 'operator'])}
        data={[
          ...(subject === 'expression' ? [itself] : []),
          ...offered.map((value) => ({
            value,
            label: operatorWords(value, kind === 'date' || kind === 'timestamp'),
          })),
        ]}
        value={operator ?? (subject === 'expression' ? BY_ITSELF : null)}
        onChange={(next) =>
          next !== null && put(compared(condition, next === BY_ITSELF ? undefined : next, kind))
        }
      />
      {operator !== undefined && !WITHOUT_VALUE.has(operator) && (
        <ValueEditor
          kind={kind}
          operator={operator}
          source="value"
          label={t('test.value')}
          value={condition.value}
          onChange={(value) => put(clean<Condition>({ ...condition, value }), 'value')}
        />
      )}
      {errorAt(['conditions', String(index), 'value']) !== undefined && (
        <p className={classes.fieldError}>{errorAt(['conditions', String(index), 'value'])}</p>
      )}
    </div>
  );
}

/** What kind of value is compared: counts are numbers, variables have a type, the value of an expression tells. */
function kindOfSubject({ subject, condition, known }: PartProps): ColumnKind {
  const name = condition.variable ?? '';
  switch (subject) {
    case 'rows':
    case 'count':
      return 'number';
    case 'variable': {
      if (/^(rows$|rows_|result_)/.test(name)) return numberUnless(condition.value);
      const type = settingOf(known.document).variables?.[name]?.type;
      return type === undefined ? kindOfValue(condition.value) : kindOf({ name, type });
    }
    case 'expression':
      return numberUnless(condition.value);
  }
}

function numberUnless(value: unknown): ColumnKind {
  return value === undefined || value === '' ? 'number' : kindOfValue(value);
}
