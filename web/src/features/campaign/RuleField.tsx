import { Button, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPencil, IconTable } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useDimensions, useFilters } from '@/api/documents';
import { useCount, usePreview, type Question } from '@/api/questions';
import { useTables } from '@/api/server';
import type { Rule, RuleGroup, TableColumn } from '@/api/types';
import { t } from '@/i18n';
import { asGroup, isWhole } from '@/rules/edit';
import { RuleTree } from '@/rules/RuleTree';
import type { Scope } from '@/rules/scope';
import { DataTable } from '@/ui/DataTable';
import { formatCell, formatCount, formatDuration, sentence } from '@/ui/format';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/editor.module.css';

const RuleBuilder = lazy(async () => ({
  default: (await import('@/rules/RuleBuilder')).RuleBuilder,
}));
/** A count is asked for when typing settles. */
const SETTLE_MS = 350;
const PREVIEW_ROWS = 20;

interface Props {
  label: string;
  help: string | undefined;
  dimension: string | undefined;
  added: TableColumn[];
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** A rule in words with its count, and the builder behind a button. */
export function RuleField({ label, help, dimension, added, value, error, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const rule = asGroup(value as Rule | undefined);
  const scope = useScope(dimension, added);
  const question = useQuestion(dimension, rule, added.length > 0);
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
          size={980}
          centered={false}
          yOffset="6vh"
        >
          <Suspense fallback={<LoadingRows rows={4} label={t('common.loading')} />}>
            <RuleBuilder scope={scope} value={rule} onChange={onChange} />
          </Suspense>
          <div className={classes.ruleFoot}>
            <div className={classes.ruleWords}>
              <h3>{t('rules.inWords')}</h3>
              <RuleTree rule={rule} label={t('rules.inWords')} />
            </div>
            <LiveCount question={question} large />
          </div>
          {error !== undefined && <p className={classes.fieldError}>{sentence(error)}</p>}
          <Preview question={question} />
        </Modal>
      )}
    </section>
  );
}

/** What rules over a dimension can speak of; `undefined` while it is not known. */
export function useScope(dimension: string | undefined, added: TableColumn[]): Scope | undefined {
  const tables = useTables().data;
  const filters = useFilters();
  const table = useDimensions().find(({ name }) => name === dimension)?.table;
  if (tables === undefined || table === undefined) return undefined;
  return {
    tables,
    table,
    filters: filters.filter((filter) => filter.dimension === dimension),
    audiences: [],
    added,
  };
}

/** Rules over added columns only mean something inside of a run. */
function useQuestion(
  dimension: string | undefined,
  rule: RuleGroup,
  insideRun: boolean,
): Question | undefined {
  const askable = dimension !== undefined && isWhole(rule) && !insideRun;
  const text = JSON.stringify(askable ? { dimension, where: rule } : null);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const known = settled === 'null' ? undefined : (JSON.parse(settled) as Question);
  return askable ? known : undefined;
}

function LiveCount({
  question,
  large = false,
}: {
  question: Question | undefined;
  large?: boolean;
}) {
  const count = useCount(question);
  if (question === undefined) return null;
  return (
    <div className={classes.count} data-large={large} role="status">
      {count.isError && <span className={classes.fieldError}>{sentence(count.error.message)}</span>}
      {!count.isError && count.data === undefined && t('rules.counting')}
      {!count.isError && count.data !== undefined && (
        <>
          <b data-stale={count.isPlaceholderData}>{formatCount(count.data.count)}</b>{' '}
          {t('rules.match', { n: count.data.count })}
          <small title={t('rules.countTime')}> {formatDuration(count.data.elapsed_ms)}</small>
        </>
      )}
    </div>
  );
}

function Preview({ question }: { question: Question | undefined }) {
  const [shown, setShown] = useState(false);
  const rows = usePreview(shown ? question : undefined, [], PREVIEW_ROWS);
  return (
    <div className={classes.preview}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconTable size={14} />}
        disabled={question === undefined}
        onClick={() => setShown(!shown)}
      >
        {shown ? t('rules.hideRows') : t('rules.showRows')}
      </Button>
      {shown && rows.isError && (
        <p className={classes.fieldError}>{sentence(rows.error.message)}</p>
      )}
      {shown && rows.data !== undefined && (
        <div className={classes.previewRows}>
          <DataTable
            label={t('rules.rows')}
            dense
            columns={rows.data.columns.map(({ name }, index) => ({
              id: name,
              header: name,
              cell: (row: unknown[]) => formatCell(row[index]),
            }))}
            rows={rows.data.rows}
            rowKey={(row) => JSON.stringify(row)}
          />
        </div>
      )}
    </div>
  );
}
