import { ActionIcon, Alert, Button, Group, SegmentedControl, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBookmarkPlus,
  IconCopy,
  IconTable,
  type Icon,
} from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useCount, useExplanation, usePreview, type Dialect, type Question } from '@/api/questions';
import type { Explanation, RuleGroup } from '@/api/types';
import { LiveCount } from '@/features/campaign/LiveCount';
import { t } from '@/i18n';
import { isWhole } from '@/rules/edit';
import { RuleBuilder } from '@/rules/RuleBuilder';
import { RuleTree } from '@/rules/RuleTree';
import { SaveFilterDialog } from '@/rules/SaveFilterDialog';
import type { Scope } from '@/rules/scope';
import { useRuleHistory } from '@/rules/useRuleHistory';
import { DataTable } from '@/ui/DataTable';
import { formatCell, sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

const PREVIEW_ROWS = 20;

interface Props {
  scope: Scope;
  rule: RuleGroup;
  /** The rule as it can be asked; none while it is not whole, or means something inside of a run alone. */
  question: Question | undefined;
  /** Has worked out what no run has yet. */
  workOut: (() => void) | undefined;
  onChange: (rule: RuleGroup) => void;
  onDone: () => void;
}

/** Where a rule is made: the builder with its counts, what it says in words and as SQL, and its first rows. */
export function RuleWorkshop({ scope, rule, question, workOut, onChange, onDone }: Props) {
  const [before] = useState(rule);
  const { change, undo, redo } = useRuleHistory(rule, onChange);
  const count = useCount(question, true);
  const parts = count.isPlaceholderData ? undefined : count.data?.parts;
  const counts = useMemo(
    () => parts && new Map(parts.map(({ pointer, count: rows }) => [pointer, rows])),
    [parts],
  );
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState<string>();
  return (
    <>
      <RuleBuilder
        scope={scope}
        value={rule}
        onChange={change}
        counts={question === undefined ? undefined : counts}
      />
      <div className={classes.ruleFoot}>
        <Meaning rule={rule} question={question} />
        <div className={classes.ruleSide}>
          <LiveCount question={question} workOut={workOut} parts large />
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconBookmarkPlus size={14} />}
            disabled={scope.dimension === '' || rule.rules.length === 0 || !isWhole(rule)}
            onClick={() => setSaving(true)}
          >
            {t('rules.saveFilter')}
          </Button>
          {saved !== undefined && (
            <small role="status">{t('rules.filterSaved', { name: saved })}</small>
          )}
        </div>
      </div>
      <Preview question={question} />
      <Group justify="flex-end" gap="xs" mt="md">
        <Step label={t('rules.undo')} keys="Ctrl Z" Icon={IconArrowBackUp} onStep={undo} />
        <Step label={t('rules.redo')} keys="Ctrl Shift Z" Icon={IconArrowForwardUp} onStep={redo} />
        <Button
          size="sm"
          variant="default"
          disabled={JSON.stringify(before) === JSON.stringify(rule)}
          onClick={() => change(before)}
        >
          {t('rules.backToBefore')}
        </Button>
        <Button size="sm" onClick={onDone}>
          {t('rules.done')}
        </Button>
      </Group>
      {saving && (
        <SaveFilterDialog
          scope={scope}
          rule={rule}
          onClose={() => setSaving(false)}
          onSaved={(name) => {
            setSaving(false);
            setSaved(name);
          }}
        />
      )}
    </>
  );
}

/** One step back or forth. */
function Step({
  label,
  keys,
  Icon,
  onStep,
}: {
  label: string;
  keys: string;
  Icon: Icon;
  onStep: (() => void) | undefined;
}) {
  return (
    <Tooltip label={`${label} (${keys})`} withArrow>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label={label}
        disabled={onStep === undefined}
        onClick={onStep}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

type Form = 'words' | 'sql' | 'plan';

/** The rule for whoever reads it: in words, as SQL, as a plan, and what to know before it is used. */
function Meaning({ rule, question }: Pick<Props, 'rule' | 'question'>) {
  const [form, setForm] = useState<Form>('words');
  const [dialect, setDialect] = useState<Dialect>('duckdb');
  const explained = useExplanation(question, dialect);
  const warnings = explained.data?.warnings ?? [];
  return (
    <div className={classes.ruleWords}>
      <SegmentedControl
        size="xs"
        value={form}
        onChange={(next) => setForm(next as Form)}
        data={[
          { value: 'words', label: t('rules.words') },
          { value: 'sql', label: t('rules.sql') },
          { value: 'plan', label: t('rules.plan') },
        ]}
      />
      {form === 'words' && <RuleTree rule={rule} label={t('rules.inWords')} />}
      {form === 'sql' && explained.data !== undefined && (
        <Sql explanation={explained.data} dialect={dialect} onDialect={setDialect} />
      )}
      {form === 'plan' && <pre className={classes.explained}>{explained.data?.plan}</pre>}
      {form !== 'words' && explained.isError && (
        <p className={classes.fieldError}>{sentence(explained.error.message)}</p>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" p="xs" title={t('rules.warnings')}>
          {warnings.map((warning) => (
            <p key={warning} className={classes.warning}>
              {sentence(warning)}
            </p>
          ))}
        </Alert>
      )}
    </div>
  );
}

function Sql({
  explanation,
  dialect,
  onDialect,
}: {
  explanation: Explanation;
  dialect: Dialect;
  onDialect: (dialect: Dialect) => void;
}) {
  const clipboard = useClipboard();
  const { sql, sql_notes: notes } = explanation;
  return (
    <>
      <div className={classes.sqlHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('rules.dialect')}
          value={dialect}
          onChange={(next) => onDialect(next as Dialect)}
          data={[
            { value: 'duckdb', label: 'DuckDB' },
            { value: 'postgresql', label: 'PostgreSQL' },
          ]}
        />
        {sql !== null && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconCopy size={13} />}
            onClick={() => clipboard.copy(sql)}
          >
            {clipboard.copied ? t('rules.copied') : t('rules.copySql')}
          </Button>
        )}
      </div>
      {sql === null ? <p>{t('rules.noSql')}</p> : <pre className={classes.explained}>{sql}</pre>}
      {notes.map((note) => (
        <p key={note} className={classes.fieldHelp}>
          {sentence(note)}
        </p>
      ))}
    </>
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
