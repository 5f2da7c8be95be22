import { SegmentedControl } from '@mantine/core';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { arrivalsAt } from '@/features/campaign/form/scopes';
import { asWay, readRules, settingsFor, type SetRule } from '@/features/campaign/panels/combine';
import { t } from '@/i18n';
import { AddEntry, EntryButtons } from '@/ui/form/ListField';
import { schemaAt } from '@/ui/form/schema';
import { Properties } from '@/ui/form/SchemaForm';
import classes from '@/features/campaign/editor.module.css';

/** Settings before and after the rules between sets. */
const BEFORE = ['primary', 'by'];
const AFTER = ['case_sensitive', 'columns', 'limit', 'complement'];

/** How the populations that arrive become one: what is kept of each, and how their rows are compared. */
export function CombinePanel(props: PanelProps) {
  const { activity, only, rest, known } = props;
  const names = settingsFor(activity);
  const operation = String(activity.operation);
  const arrivals = arrivalsAt(known);
  const shown = (wanted: string[]) => only(wanted.filter((name) => names.includes(name)));
  return (
    <div className={classes.stack}>
      {only(['operation'])}
      {['union', 'intersection', 'exclusion'].includes(operation) && (
        <p className={classes.fieldHelp}>{t(`combine.${operation as 'union'}`)}</p>
      )}
      {arrivals.length > 0 && (
        <ul className={classes.sets} aria-label={t('combine.sets')}>
          {arrivals.map(({ from, label }) => (
            <li key={from}>{label}</li>
          ))}
        </ul>
      )}
      {shown(BEFORE)}
      {names.includes('rules') && <SetRules {...props} />}
      {shown(AFTER)}
      {rest(['operation', 'rules', ...BEFORE, ...AFTER])}
    </div>
  );
}

/** How sets of other dimensions, or with other fields, are compared with the primary one. */
function SetRules({ activity, set, form, errorAt }: PanelProps) {
  const rules = readRules(activity.rules);
  const change = (next: SetRule[], word?: string) =>
    set({ rules: next.length === 0 ? undefined : next }, word && `${activity.id} rules ${word}`);
  const label = t('field.rules');
  return (
    <div className={classes.sorts} role="group" aria-label={label}>
      <span className={classes.fieldLabel}>{label}</span>
      <p className={classes.fieldHelp}>{t('combine.rulesHelp')}</p>
      {rules.map((rule, index) => {
        const way = rule.link === undefined ? 'on' : 'link';
        const path = ['rules', String(index)];
        const error = errorAt(path);
        return (
          <fieldset key={index} className={classes.subset}>
            <legend>{t('combine.rule', { n: index + 1 })}</legend>
            <EntryButtons list={rules} index={index} label={label} onChange={change} />
            {error !== undefined && <p className={classes.fieldError}>{error}</p>}
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t('combine.way')}
              data={[
                { value: 'on', label: t('combine.byFields') },
                { value: 'link', label: t('combine.overLink') },
              ]}
              value={way}
              onChange={(next) => change(rules.with(index, asWay(rule, next as 'on')))}
            />
            <Properties
              schema={schemaAt(form.root, path, form.root)}
              path={path}
              value={{ ...rule }}
              omit={
                rule.link !== undefined && rule.on !== undefined
                  ? []
                  : [way === 'on' ? 'link' : 'on']
              }
              onChange={(next) =>
                change(rules.with(index, { ...next, set: String(next.set ?? '') }), String(index))
              }
              form={form}
            />
          </fieldset>
        );
      })}
      <AddEntry
        label={t('combine.addRule')}
        onAdd={() => change([...rules, { set: '', on: {} }])}
      />
    </div>
  );
}
