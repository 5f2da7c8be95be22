import { Button, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { ApiError } from '@/api/client';
import { useCount, type Question } from '@/api/questions';
import type { Rule, RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { asGroup } from '@/rules/edit';
import { RuleTree } from '@/rules/RuleTree';
import { follow, type Scope } from '@/rules/scope';
import { choose, waysToAsk, type Ways } from '@/features/campaign/asking';
import { LiveCount } from '@/features/campaign/LiveCount';
import { sentence } from '@/ui/format';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/editor.module.css';

const RuleWorkshop = lazy(async () => ({
  default: (await import('@/features/campaign/RuleWorkshop')).RuleWorkshop,
}));
/** A count is asked for when typing settles. */
const SETTLE_MS = 350;
const NO_WAY = '{}';

interface Props {
  label: string;
  help: string | undefined;
  /** What the rule can speak of; `undefined` while it is not known. */
  scope: Scope | undefined;
  /** The link over whose rows the rule is; without one, it is over those of the scope. */
  link?: string | undefined;
  /** Whether it is about more than one row at once, so that there is nothing to count. */
  ofPairs?: boolean;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** A rule in words with its count, and the builder behind a button. */
export function RuleField(props: Props) {
  const { label, help, link, ofPairs = false, value, error, onChange } = props;
  const [opened, setOpened] = useState(false);
  const rule = asGroup(value as Rule | undefined);
  const rows = props.scope;
  const scope = link === undefined || rows === undefined ? rows : follow(rows, link)?.scope;
  const { question, workOut } = useAsked(rows, rule, ofPairs || link !== undefined);
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
      <LiveCount question={question} workOut={workOut} />
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
            <RuleWorkshop
              {...{ scope, rule, question, workOut, onChange }}
              onDone={() => setOpened(false)}
            />
          </Suspense>
          {error !== undefined && <p className={classes.fieldError}>{sentence(error)}</p>}
        </Modal>
      )}
    </section>
  );
}

interface Asked {
  /** Rules over linked rows alone have none. */
  question: Question | undefined;
  /** Has worked out what no run has yet. */
  workOut: (() => void) | undefined;
}

/** How a rule is asked as it stands once typing settles. */
function useAsked(scope: Scope | undefined, rule: RuleGroup, uncounted: boolean): Asked {
  const text = JSON.stringify(scope === undefined || uncounted ? {} : waysToAsk(scope, rule));
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const [workedOut, setWorkedOut] = useState<string>();
  const ways = JSON.parse(settled) as Ways;
  const { error } = useCount(ways.placed);
  const refused = error instanceof ApiError ? error.code : error?.name;
  const { question, lacksRun } = choose(ways, refused, workedOut === settled);
  if (text === NO_WAY) return { question: undefined, workOut: undefined };
  return { question, workOut: lacksRun ? () => setWorkedOut(settled) : undefined };
}
