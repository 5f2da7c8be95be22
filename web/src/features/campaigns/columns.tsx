import { ActionIcon, Checkbox, Group, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { CampaignListed } from '@/api/types';
import { campaignLook } from '@/canvas/states';
import type { CampaignsSort } from '@/features/campaigns/search';
import { LifecycleMenu } from '@/features/common/LifecycleMenu';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import type { DataColumn } from '@/ui/DataTable';
import { formatAgo, formatCount, formatTime, sentence } from '@/ui/format';
import { Pill, Tag } from '@/ui/Pill';
import common from '@/features/common/common.module.css';
import classes from '@/features/campaigns/campaigns.module.css';
import { t } from '@/i18n';

/** What can be shown of a campaign besides its name; the last ones not unless somebody wants them. */
export const COLUMNS = [
  'state',
  'next',
  'last',
  'targeted',
  'sent',
  'updated',
  'activities',
  'folder',
  'version',
] as const;
export const HIDDEN = ['activities', 'folder', 'version'];
export type ColumnId = (typeof COLUMNS)[number];

export function columnLabel(id: ColumnId): string {
  return LABELS[id];
}

const LABELS: Record<ColumnId, string> = {
  state: t('word.state'),
  next: t('campaigns.nextLaunch'),
  last: t('campaigns.lastRun'),
  targeted: t('word.targeted'),
  sent: t('figure.sent'),
  updated: t('campaigns.updated'),
  activities: t('word.activities'),
  folder: t('campaigns.folder'),
  version: t('tasks.version'),
};

export interface Marking {
  marked: ReadonlySet<string>;
  onMark: (marked: ReadonlySet<string>) => void;
}

interface Wanted extends Marking {
  now: number;
  rows: CampaignListed[];
  shown: (id: string) => boolean;
  onStart: (campaign: CampaignListed) => void;
}

export function columnsOf(wanted: Wanted): DataColumn<CampaignListed>[] {
  const { now, shown, onStart } = wanted;
  return [
    markColumn(wanted),
    NAME,
    ...COLUMNS.filter(shown).map((id) => ({ header: LABELS[id], ...column(id, now), id })),
    {
      id: 'actions',
      header: <span className={classes.hidden}>{t('word.actions')}</span>,
      align: 'right',
      width: 96,
      cell: (campaign) => <Actions campaign={campaign} onStart={onStart} />,
    },
  ];
}

const NAME: DataColumn<CampaignListed> = {
  id: 'campaign',
  header: t('word.campaign'),
  sortBy: 'label' satisfies CampaignsSort,
  cell: ({ name, label, description, tags }) => (
    <div className={classes.campaign}>
      <Link to="/campaigns/$name" params={{ name }} className={common.link}>
        {label ?? name}
      </Link>
      {description && <div className={classes.description}>{description}</div>}
      {tags !== null && tags !== undefined && tags.length > 0 && (
        <div className={classes.tags}>
          {tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
      )}
    </div>
  ),
};

type Part = Omit<DataColumn<CampaignListed>, 'id' | 'header'>;

function column(id: ColumnId, now: number): Part {
  switch (id) {
    case 'state':
      return { width: 130, sortBy: 'state', cell: (campaign) => <State campaign={campaign} /> };
    case 'next':
      return {
        width: 140,
        sortBy: 'next_launch',
        cell: ({ next_launch_at: at }) => (at ? formatTime(at) : <Nothing />),
      };
    case 'last':
      return {
        width: 160,
        sortBy: 'last_run',
        latestFirst: true,
        cell: ({ last_run }) => <LastRun run={last_run} now={now} />,
      };
    case 'updated':
      return {
        width: 120,
        sortBy: 'updated',
        latestFirst: true,
        cell: ({ updated_at }) => (
          <time className={common.muted} dateTime={updated_at} title={formatTime(updated_at)}>
            {formatAgo(updated_at, now)}
          </time>
        ),
      };
    case 'folder':
      return { width: 140, sortBy: 'folder', cell: ({ folder }) => folder || <Nothing /> };
    case 'targeted':
      return figure(({ last_run }) => last_run?.targeted);
    case 'sent':
      return figure(({ last_run }) => last_run?.sent);
    case 'activities':
      return figure(({ activities }) => activities);
    case 'version':
      return figure(({ version }) => version);
  }
}

function figure(of: (campaign: CampaignListed) => number | undefined): Part {
  return { align: 'right', width: 86, cell: (campaign) => formatCount(of(campaign)) };
}

function Nothing() {
  return <span className={common.muted}>–</span>;
}

function State({ campaign }: { campaign: CampaignListed }) {
  const { state, draft, attention } = campaign;
  const { tone, label } = campaignLook(state);
  return (
    <Group gap={6}>
      <Pill tone={tone}>{label}</Pill>
      {attention && (
        <IconAlertTriangle
          size={16}
          color="var(--t-warn)"
          role="img"
          aria-label={sentence(attention)}
          title={sentence(attention)}
        />
      )}
      {draft && <Pill tone="warn">{t('editor.unsaved')}</Pill>}
    </Group>
  );
}

function LastRun({ run, now }: { run: CampaignListed['last_run']; now: number }) {
  if (run === null) return <span className={common.muted}>{t('campaigns.neverRan')}</span>;
  return (
    <div className={classes.last}>
      <Group gap={6}>
        <RunPill state={run.state} />
        {run.mode === 'test' && <ModeTag mode="test" />}
      </Group>
      <span className={common.muted} title={formatTime(run.started_at)}>
        {formatAgo(run.started_at, now)}
      </span>
    </div>
  );
}

function Actions({
  campaign,
  onStart,
}: {
  campaign: CampaignListed;
  onStart: (campaign: CampaignListed) => void;
}) {
  const { name, state } = campaign;
  const label = campaign.label ?? name;
  return (
    <span className={classes.actions}>
      <Tooltip label={t('run.now')}>
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('campaigns.run', { name: label })}
          onClick={(event) => {
            event.stopPropagation();
            onStart(campaign);
          }}
        >
          <IconPlayerPlay size={15} />
        </ActionIcon>
      </Tooltip>
      <LifecycleMenu campaign={{ name, label, state }} inRow />
    </span>
  );
}

/** Chooses campaigns for what is done with many at once; they stay chosen from page to page. */
function markColumn({ marked, onMark, rows }: Wanted): DataColumn<CampaignListed> {
  const all = rows.length > 0 && rows.every(({ name }) => marked.has(name));
  const change = (names: string[], on: boolean) => {
    const next = new Set(marked);
    for (const name of names) {
      if (on) next.add(name);
      else next.delete(name);
    }
    onMark(next);
  };
  return {
    id: 'mark',
    width: 34,
    header: (
      <Checkbox
        size="xs"
        aria-label={t('campaigns.markAll')}
        checked={all}
        indeterminate={!all && marked.size > 0}
        onChange={() =>
          change(
            rows.map(({ name }) => name),
            !all,
          )
        }
      />
    ),
    cell: ({ name, label }) => (
      <Checkbox
        size="xs"
        aria-label={t('campaigns.mark', { name: label ?? name })}
        checked={marked.has(name)}
        onClick={(event) => event.stopPropagation()}
        onChange={({ currentTarget }) => change([name], currentTarget.checked)}
      />
    ),
  };
}
