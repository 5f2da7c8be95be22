import { Button, Group, Select } from '@mantine/core';
import { IconHistoryOff } from '@tabler/icons-react';
import { useAudit } from '@/api/admin';
import { actorName, detailWords } from '@/features/common/audit';
import { useNames } from '@/features/common/useNames';
import { DataTable } from '@/ui/DataTable';
import { formatMoment, humanize } from '@/ui/format';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/admin/admin.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

const KINDS = [
  'campaign',
  'table',
  'dimension',
  'channel',
  'filter',
  'content',
  'audience',
  'calendar',
  'test',
  'template',
  'opt-out',
  'suppression',
];

interface Props {
  /** What kind of things were changed; all without it. */
  kind: string | undefined;
  onKind: (kind: string | undefined) => void;
}

/** Who changed what, newest first. */
export function Audit({ kind, onKind }: Props) {
  const audit = useAudit(kind);
  const names = useNames();
  const lines = audit.data?.pages.flat() ?? [];
  return (
    <>
      <div className={ui.filters}>
        <Select
          aria-label={t('audit.kind')}
          placeholder={t('audit.anyKind')}
          clearable
          w={220}
          value={kind ?? null}
          onChange={(next) => onKind(next ?? undefined)}
          data={KINDS.map((value) => ({
            value,
            label: tMaybe('admin.kind', value) ?? tMaybe('register.list', value) ?? humanize(value),
          }))}
        />
      </div>
      {audit.isPending && <LoadingRows label={t('common.loading')} />}
      {audit.isError && (
        <ErrorState
          title={t('audit.cannot')}
          error={audit.error}
          onRetry={() => void audit.refetch()}
        />
      )}
      {audit.isSuccess && lines.length === 0 && (
        <EmptyState icon={IconHistoryOff} title={t('audit.none')} tone="neutral" />
      )}
      {lines.length > 0 && (
        <DataTable
          dense
          label={t('admin.audit')}
          rows={lines}
          rowKey={({ seq }) => String(seq)}
          columns={[
            {
              id: 'at',
              header: t('audit.at'),
              cell: ({ at }) => <span className={ui.nowrap}>{formatMoment(at)}</span>,
            },
            { id: 'actor', header: t('audit.actor'), cell: ({ actor }) => actorName(actor) },
            {
              id: 'action',
              header: t('audit.action'),
              cell: ({ action }) => tMaybe('action', action) ?? humanize(action),
            },
            {
              id: 'what',
              header: t('audit.what'),
              cell: ({ kind: of, name }) => (
                <>
                  {tMaybe('admin.kind', of) ?? tMaybe('register.list', of) ?? humanize(of)}{' '}
                  {of === 'campaign' && names.campaign(name) !== humanize(name) ? (
                    <span title={name}>{names.campaign(name)}</span>
                  ) : (
                    <code>{name}</code>
                  )}
                </>
              ),
            },
            {
              id: 'detail',
              header: t('audit.detail'),
              cell: ({ detail }) => (
                <span className={classes.note}>{detail === null ? '' : detailWords(detail)}</span>
              ),
            },
          ]}
        />
      )}
      {audit.hasNextPage && (
        <Group justify="center" p="md">
          <Button
            variant="default"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {t('audit.more')}
          </Button>
        </Group>
      )}
    </>
  );
}
