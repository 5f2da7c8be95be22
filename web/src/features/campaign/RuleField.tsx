import { Button, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useAudiences, useDimensions, useFilters } from '@/api/documents';
import type { Question, Setting } from '@/api/questions';
import { useTables } from '@/api/server';
import type { Rule, RuleGroup, TableColumn } from '@/api/types';
import { t } from '@/i18n';
import { asGroup, asksTheRun, isWhole } from '@/rules/edit';
import { RuleTree } from '@/rules/RuleTree';
import { follow, type Scope } from '@/rules/scope';
import { LiveCount } from '@/features/campaign/LiveCount';
import { sentence } from '@/ui/format';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/editor.module.css';

const RuleWorkshop = lazy(async () => ({
  default: (await import('@/features/campaign/RuleWorkshop')).RuleWorkshop,
}));
/** A count is asked for when typing settles. */
const SETTLE_MS = 350;

interface Props {
  label: string;
  help: string | undefined;
  about: RuleSubject;
  /** The link over whose rows the rule is; without one, it is over those that arrive. */
  link?: string | undefined;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** What a rule of an activity can speak of. */
export interface RuleSubject {
  dimension: string | undefined;
  /** Columns that were added on the way here. */
  added: TableColumn[];
  /** Populations before it. */
  populations: Scope['populations'];
  setting: Setting;
}

/** A rule in words with its count, and the builder behind a button. */
export function RuleField({ label, help, about, link, value, error, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const rule = asGroup(value as Rule | undefined);
  const arriving = useScope(about);
  const scope =
    link === undefined || arriving === undefined ? arriving : follow(arriving, link)?.scope;
  const question = useQuestion(about, rule, link !== undefined || about.added.length > 0);
  return (
    <section className={classes.ruleField} aria-label={label}>
      <div className={classes.ruleHead}>
        <span className={classes.fieldLabel}>{label}</span>
        <Button
          size="compact-xs"
          variant="light"
          leftSection={<IconPencil size={13} />}
          disabled={scope === undefined}
          onClick={() => setOpened(true)}
        >
          {t('rules.edit')}
        </Button>
      </div>
      {scope === undefined && <p className={classes.fieldHelp}>{t('rules.noDimension')}</p>}
      <RuleTree rule={rule} label={label} />
      <LiveCount question={question} />
      {help !== undefined && rule.rules.length === 0 && <p className={classes.fieldHelp}>{help}</p>}
      {error !== undefined && <p className={classes.fieldError}>{sentence(error)}</p>}
      {scope !== undefined && (
        <Modal
          opened={opened}
          onClose={() => setOpened(false)}
          title={label}
          size={1040}
          centered={false}
          yOffset="6vh"
        >
          <Suspense fallback={<LoadingRows rows={4} label={t('common.loading')} />}>
            <RuleWorkshop scope={scope} rule={rule} question={question} onChange={onChange} />
          </Suspense>
          {error !== undefined && <p className={classes.fieldError}>{sentence(error)}</p>}
        </Modal>
      )}
    </section>
  );
}

/** What rules over a dimension can speak of; `undefined` while it is not known. */
export function useScope({
  dimension,
  added,
  populations,
  setting,
}: RuleSubject): Scope | undefined {
  const tables = useTables().data;
  const filters = useFilters();
  const audiences = useAudiences();
  const table = useDimensions().find(({ name }) => name === dimension)?.table;
  if (tables === undefined || dimension === undefined || table === undefined) return undefined;
  return {
    tables,
    dimension,
    way: '',
    table,
    filters: filters.filter((filter) => filter.dimension === dimension),
    audiences: audiences.filter((each) => each.dimension === dimension).map(({ name }) => name),
    populations,
    setting,
    added,
  };
}

/** Rules over linked rows alone, added columns and earlier populations only mean something inside of a run. */
function useQuestion(
  { dimension, setting }: RuleSubject,
  rule: RuleGroup,
  insideRun: boolean,
): Question | undefined {
  const askable = dimension !== undefined && isWhole(rule) && !insideRun && !asksTheRun(rule);
  const text = JSON.stringify(askable ? { ...setting, dimension, where: rule } : null);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const known = settled === 'null' ? undefined : (JSON.parse(settled) as Question);
  return askable ? known : undefined;
}
