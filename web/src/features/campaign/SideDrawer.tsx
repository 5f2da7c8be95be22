import { ActionIcon, Drawer, Indicator, Tabs, Tooltip } from '@mantine/core';
import { IconClockPlay, IconMessage } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useAudit, useComments } from '@/api/library';
import type { Campaign } from '@/api/types';
import { Comments } from '@/features/campaign/Comments';
import { Launches } from '@/features/campaign/Launches';
import { Tests } from '@/features/campaign/Tests';
import { SIDES, type CampaignSearch } from '@/features/campaign/search';
import { t, tMaybe } from '@/i18n';
import { actorName, detailWords } from '@/features/common/audit';
import { formatAgo, formatTime, humanize } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import classes from '@/features/campaign/comments.module.css';

const route = getRouteApi('/campaigns/$name');

/** Opens what people say about the campaign, and who changed what. */
export function SideButton({ campaign }: { campaign: string }) {
  const navigate = route.useNavigate();
  const comments = useComments(campaign);
  const open = comments.data?.filter(
    ({ resolved_at, reply_to }) => resolved_at === null && reply_to === null,
  ).length;
  const label =
    open === undefined || open === 0 ? t('comments.title') : t('comments.open', { n: open });
  return (
    <Tooltip label={label}>
      <Indicator label={open} size={17} disabled={open === undefined || open === 0}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={label}
          onClick={() =>
            void navigate({ search: (former) => ({ ...former, side: 'comments' }), replace: true })
          }
        >
          <IconMessage size={18} />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}

/** Opens what became of the planned times and the signals of the campaign. */
export function LaunchesButton() {
  const navigate = route.useNavigate();
  return (
    <Tooltip label={t('launches.title')}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={t('launches.title')}
        onClick={() =>
          void navigate({ search: (former) => ({ ...former, side: 'launches' }), replace: true })
        }
      >
        <IconClockPlay size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Beside the canvas: comments and history. */
export function SideDrawer({ campaign }: { campaign: Campaign }) {
  const { document } = campaign;
  const { side, activity } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: CampaignSearch['side']) =>
    void navigate({ search: (former) => ({ ...former, side: next }), replace: true });
  return (
    <Drawer
      opened={side !== undefined}
      onClose={() => show(undefined)}
      position="right"
      size={440}
      title={t('side.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.15 }}
    >
      {side !== undefined && (
        <Tabs value={side} onChange={(next) => show(SIDES.find((each) => each === next))}>
          <Tabs.List>
            <Tabs.Tab value="comments">{t('comments.comments')}</Tabs.Tab>
            <Tabs.Tab value="history">{t('comments.history')}</Tabs.Tab>
            <Tabs.Tab value="launches">{t('launches.title')}</Tabs.Tab>
            <Tabs.Tab value="tests">{t('tests.title')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="comments" pt="md">
            <Comments document={document} activity={activity} />
          </Tabs.Panel>
          <Tabs.Panel value="history" pt="md">
            <History campaign={document.name} />
          </Tabs.Panel>
          <Tabs.Panel value="launches" pt="md">
            {side === 'launches' && <Launches campaign={campaign} />}
          </Tabs.Panel>
          <Tabs.Panel value="tests" pt="md">
            {side === 'tests' && <Tests campaign={document.name} />}
          </Tabs.Panel>
        </Tabs>
      )}
    </Drawer>
  );
}

function History({ campaign }: { campaign: string }) {
  const now = useNow(30_000);
  const audit = useAudit(campaign);
  if (audit.isPending) return <LoadingRows label={t('common.loading')} />;
  if (audit.isError) {
    const retry = () => void audit.refetch();
    return <ErrorState title={t('comments.cannotShow')} error={audit.error} onRetry={retry} />;
  }
  if (audit.data.length === 0) return <p className={classes.none}>{t('comments.noHistory')}</p>;
  return (
    <ol className={classes.history}>
      {audit.data.map(({ seq, at, actor, action, detail }) => (
        <li key={seq}>
          <span>
            <b>{actorName(actor)}</b> {tMaybe('audit', action) ?? humanize(action).toLowerCase()}
            {detail !== null && <span className={classes.detail}> ({detailWords(detail)})</span>}
          </span>
          <time dateTime={at} title={formatTime(at)}>
            {formatAgo(at, now)}
          </time>
        </li>
      ))}
    </ol>
  );
}
