import { Alert, Tabs } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import type { LedgerLine, RunSummary } from '@/api/types';
import { Ledger } from '@/features/run/Ledger';
import { Logs } from '@/features/run/Logs';
import { RUN_TABS, type RunSearch } from '@/features/run/search';
import { Tasks } from '@/features/run/Tasks';
import { Values } from '@/features/run/Values';
import { formatTime } from '@/ui/format';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  /** A sentence of the server with these labels. */
  said: (text: string) => string;
  /** The newest version of the campaign, where the run is on an older one. */
  newer: number | undefined;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
  onLine: (line: LedgerLine) => void;
}

/** What one filters by in a tab means nothing in another. */
const NO_FILTERS: RunSearch = {
  activity: undefined,
  status: undefined,
  reason: undefined,
  search: undefined,
  level: undefined,
  state: undefined,
  page: undefined,
};

export function RunTabs(props: Props) {
  const { run, labels, said, newer, search, onChange, onLine } = props;
  const tab = search.tab ?? 'ledger';
  const choose = (next: string | null) => {
    const chosen = RUN_TABS.find((each) => each === next);
    onChange({ ...NO_FILTERS, tab: chosen === 'ledger' ? undefined : chosen });
  };
  const purged = run.purged_at !== null && run.purged_at !== undefined;
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <Tabs.List mb="md" aria-label={t('run.about')}>
        {RUN_TABS.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {t(`run.${each}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {purged && tab !== 'ledger' && tab !== 'variables' && (
        <Alert icon={<IconArchive size={18} />} mb="md" title={t('run.purged')}>
          {t('run.purgedText', { at: formatTime(run.purged_at) })}
        </Alert>
      )}
      <Tabs.Panel value="ledger">
        <Ledger run={run} labels={labels} search={search} onChange={onChange} onLine={onLine} />
      </Tabs.Panel>
      <Tabs.Panel value="logs">
        {!purged && (
          <Logs run={run} labels={labels} said={said} search={search} onChange={onChange} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="tasks">
        {!purged && (
          <Tasks
            run={run}
            labels={labels}
            said={said}
            newer={newer}
            search={search}
            onChange={onChange}
          />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="variables">
        <div className={ui.card}>
          <Values
            title={t('run.variables')}
            values={run.variables ?? {}}
            none={t('run.noVariables')}
          />
        </div>
      </Tabs.Panel>
    </Tabs>
  );
}
