import { Button, Group } from '@mantine/core';
import { IconBellCheck } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useCampaignHeads } from '@/api/documents';
import { useAllAlerts } from '@/api/runs';
import type { AlertTold } from '@/api/types';
import { useSeen } from '@/features/alerts/useSeen';
import { useNames, type Names } from '@/features/common/useNames';
import { FilterSelect } from '@/ui/FilterSelect';
import { formatAgo, formatTime } from '@/ui/format';
import { Listed } from '@/ui/Listed';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { EmptyState } from '@/ui/states';
import type { Tone } from '@/ui/tone';
import { useNow } from '@/ui/useNow';
import common from '@/features/common/common.module.css';
import classes from '@/features/alerts/alerts.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/alerts');
const TONES: Record<AlertTold['level'], Tone> = { info: 'info', warning: 'warn', critical: 'bad' };

/** What runs have told people, newest first. Who looks at it has seen it. */
export function AlertsPage() {
  const { campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const alerts = useAllAlerts(campaign);
  const heads = useCampaignHeads().data ?? [];
  const [seen, see] = useSeen();
  // What was new when the page was opened stays marked as new.
  const [before] = useState(seen);
  const newest = campaign === undefined ? alerts.data?.pages[0]?.[0]?.seq : undefined;
  useEffect(() => {
    if (newest !== undefined && newest > seen) see(newest);
  }, [newest, seen, see]);
  return (
    <>
      <PageHeader title={t('alerts.title')} subtitle={t('alerts.subtitle')} />
      <Group gap={10} mb={14}>
        <FilterSelect
          label={t('word.campaign')}
          any={t('runs.anyCampaign')}
          width={280}
          searchable
          value={campaign}
          onChange={(next) => void navigate({ search: { campaign: next }, replace: true })}
          data={heads.map(({ name, label }) => ({ value: name, label: label ?? name }))}
        />
      </Group>
      <div className={ui.card}>
        <Listed query={alerts} loading={t('alerts.loading')} failed={t('alerts.cannotList')}>
          {({ pages }) => <Alerts alerts={pages.flat()} before={before} />}
        </Listed>
      </div>
      {alerts.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={alerts.isFetchingNextPage}
            onClick={() => void alerts.fetchNextPage()}
          >
            {t('alerts.older')}
          </Button>
        </Group>
      )}
    </>
  );
}

function Alerts({ alerts, before }: { alerts: AlertTold[]; before: number }) {
  const names = useNames([...new Set(alerts.map(({ campaign }) => campaign))]);
  const now = useNow(30_000);
  if (alerts.length === 0) {
    return (
      <EmptyState icon={IconBellCheck} title={t('alerts.none')} tone="good">
        {t('alerts.noneText')}
      </EmptyState>
    );
  }
  return (
    <ol className={classes.list} aria-label={t('alerts.title')}>
      {alerts.map((alert) => (
        <Line key={alert.seq} alert={alert} isNew={alert.seq > before} names={names} now={now} />
      ))}
    </ol>
  );
}

interface LineProps {
  alert: AlertTold;
  isNew: boolean;
  names: Names;
  now: number;
}

function Line({ alert, isNew, names, now }: LineProps) {
  const { run, launch, campaign, activity, level, title, message, mailed_to, at } = alert;
  const place = activity === '' ? undefined : activity;
  return (
    <li className={classes.alert} data-new={isNew}>
      <div className={classes.head}>
        <Pill tone={TONES[level]}>{t(`alerts.${level}`)}</Pill>
        <b>{names.said(title, campaign)}</b>
        {isNew && <Tag>{t('alerts.new')}</Tag>}
        <time dateTime={at} title={formatTime(at)}>
          {formatAgo(at, now)}
        </time>
      </div>
      <p>{names.said(message, campaign)}</p>
      <div className={classes.where}>
        <Link
          to="/campaigns/$name"
          params={{ name: campaign }}
          search={
            typeof launch === 'string'
              ? { side: 'launches' }
              : { run: run === '' ? undefined : run, activity: place }
          }
          className={common.link}
        >
          {place === undefined
            ? names.campaign(campaign)
            : `${names.campaign(campaign)} · ${names.activity(place, campaign)}`}
        </Link>
        {run !== '' && (
          <Link to="/runs/$run" params={{ run }} className={common.link}>
            {t('calendar.openRun')}
          </Link>
        )}
        {mailed_to.length > 0 && <span>{t('alert.mailed', { to: mailed_to.join(', ') })}</span>}
      </div>
    </li>
  );
}
