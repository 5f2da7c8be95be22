import { ActionIcon, Drawer, Indicator, Tabs, Tooltip } from '@mantine/core';
import { IconMessage } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useAudit, useComments } from '@/api/library';
import type { CampaignDocument } from '@/api/types';
import { Comments } from '@/features/campaign/Comments';
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

/** Beside the canvas: comments and history. */
export function SideDrawer({ document }: { document: CampaignDocument }) {
  const { side, activity } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: 'comments' | 'history' | undefined) =>
    void navigate({ search: (former) => ({ ...former, side: next }), replace: true });
  return (
    <Drawer
      opened={side !== undefined}
      onClose={() => show(undefined)}
      position="right"
      size={440}
      title={t('comments.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.15 }}
    >
      {side !== undefined && (
        <Tabs value={side} onChange={(next) => show(next === 'history' ? 'history' : 'comments')}>
          <Tabs.List>
            <Tabs.Tab value="comments">{t('comments.comments')}</Tabs.Tab>
            <Tabs.Tab value="history">{t('comments.history')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="comments" pt="md">
            <Comments document={document} activity={activity} />
          </Tabs.Panel>
          <Tabs.Panel value="history" pt="md">
            <History campaign={document.name} />
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
  if (audit.isError) return <ErrorState title={t('comments.cannotShow')} error={audit.error} />;
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
