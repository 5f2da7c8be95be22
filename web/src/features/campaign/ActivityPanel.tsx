import { ActionIcon, Alert } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ActivityDocument, ActivityKind, RunDelivery, RunSummary } from '@/api/types';
import { isNamedPort, type PortRef } from '@/canvas/graph';
import { kindLook } from '@/canvas/kinds';
import { portLabel } from '@/canvas/ports';
import { activityLook } from '@/canvas/states';
import { activityLabel } from '@/canvas/edit/words';
import { ActivityActions } from '@/features/common/ActivityActions';
import { useNames } from '@/features/common/useNames';
import { SettingsView } from '@/features/campaign/SettingsView';
import { Facts } from '@/features/common/Facts';
import { formatCount, formatDuration, formatTime, humanize, sentence } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { toneStyle } from '@/ui/tone';
import classes from '@/features/campaign/campaign.module.css';
import { t, tMaybe } from '@/i18n';

interface Props {
  campaign: string;
  activity: ActivityDocument;
  kinds: ActivityKind[] | undefined;
  run: RunSummary | undefined;
  /** The newest version of the campaign, where the run is on an older one. */
  newer: number | undefined;
  onPort: (port: PortRef) => void;
  onClose: () => void;
}

/** What one activity is set to do, and what it did in the run that is shown. */
export function ActivityPanel(props: Props) {
  const { campaign, activity, kinds, run, newer, onPort, onClose } = props;
  const look = kindLook(activity.type, kinds);
  const label = activity.label ?? humanize(activity.id);
  const { Icon } = look;
  return (
    <aside className={classes.panel} aria-label={t('panel.activity', { name: label })}>
      <header className={classes.panelHead} style={toneStyle(look.category ?? 'neutral')}>
        <span className={classes.panelIcon} aria-hidden>
          <Icon size={22} stroke={1.7} />
        </span>
        <div className={classes.panelWords}>
          <h2 className={classes.panelTitle}>{label}</h2>
          <div className={classes.panelKind}>
            {look.label} · {activity.id}
          </div>
        </div>
        <ActionIcon variant="subtle" color="gray" aria-label={t('panel.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <div className={classes.panelBody} tabIndex={0} role="region" aria-label={t('panel.details')}>
        {look.summary !== undefined && <p className={classes.summary}>{look.summary}</p>}
        {run !== undefined && <InRun activity={activity} run={run} newer={newer} onPort={onPort} />}
        <Section title={t('panel.settings')}>
          <SettingsView
            campaign={campaign}
            activity={activity}
            schema={kinds?.find(({ kind }) => kind === activity.type)?.settings_schema}
          />
        </Section>
      </div>
    </aside>
  );
}

export function InRun({
  activity,
  run,
  newer,
  onPort,
}: {
  activity: ActivityDocument;
  run: RunSummary;
  newer: number | undefined;
  onPort: (port: PortRef) => void;
}) {
  const names = useNames([run.campaign]);
  const did = run.activities.find(({ id }) => id === activity.id);
  const delivery = run.deliveries.find((each) => each.activity === activity.id);
  if (did === undefined) {
    return (
      <Section title={t('panel.inRun')}>
        <p className={classes.summary}>{t('panel.notInRun')}</p>
      </Section>
    );
  }
  const { tone, label, active } = activityLook(did.state);
  return (
    <>
      <Section
        title={t('panel.inRun')}
        aside={
          <Pill tone={tone} pulse={active}>
            {label}
          </Pill>
        }
      >
        {did.error && (
          <Alert
            color="red"
            mb="sm"
            icon={<IconAlertTriangle size={18} />}
            title={tMaybe('trouble', did.error.code) ?? humanize(did.error.code)}
          >
            {sentence(names.said(did.error.message, run.campaign))}
          </Alert>
        )}
        {did.note && <p className={classes.note}>{sentence(names.said(did.note, run.campaign))}</p>}
        <Facts
          rows={[
            [t('word.started'), did.started_at ? formatTime(did.started_at) : undefined],
            [t('word.finished'), did.finished_at ? formatTime(did.finished_at) : undefined],
            [t('word.took'), did.elapsed_ms === null ? undefined : formatDuration(did.elapsed_ms)],
            [t('word.attempts'), did.attempts > 1 ? formatCount(did.attempts) : undefined],
            [t('tasks.waitsUntil'), did.waits_until ? formatTime(did.waits_until) : undefined],
          ]}
        />
        <div className={classes.moreLinks}>
          <Link
            to="/runs/$run"
            params={{ run: run.run }}
            search={{ tab: 'logs', activity: activity.id }}
            className={classes.more}
          >
            {t('run.logs')} <IconArrowRight size={13} aria-hidden />
          </Link>
          <Link
            to="/runs/$run"
            params={{ run: run.run }}
            search={{ tab: 'tasks', activity: activity.id }}
            className={classes.more}
          >
            {t('run.tasks')} <IconArrowRight size={13} aria-hidden />
          </Link>
        </div>
      </Section>
      <ActivityActions
        run={run}
        newer={newer}
        activity={activity.id}
        label={activityLabel(activity)}
        state={did.state}
      />
      <Outputs activity={activity} run={run} onPort={onPort} />
      {delivery !== undefined && <Delivery run={run.run} delivery={delivery} />}
    </>
  );
}

function Outputs({
  activity,
  run,
  onPort,
}: {
  activity: ActivityDocument;
  run: RunSummary;
  onPort: (port: PortRef) => void;
}) {
  const ports = new Map<string, number>();
  for (const { from, port, rows } of run.transitions) {
    if (from === activity.id && rows !== null) ports.set(port, rows);
  }
  if (ports.size === 0) return null;
  return (
    <Section title={t('panel.cameOut')}>
      <ul className={classes.outputs}>
        {[...ports].map(([port, rows]) => (
          <li key={port}>
            <button type="button" onClick={() => onPort({ activity: activity.id, port })}>
              <span>{isNamedPort(port) ? portLabel(activity, port) : t('panel.mainOutput')}</span>
              <span className={classes.outputRows}>
                {formatCount(rows)}
                <IconArrowRight size={14} aria-hidden />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Delivery({ run, delivery }: { run: string; delivery: RunDelivery }) {
  return (
    <Section
      title={t('word.messages')}
      aside={
        <Link
          to="/runs/$run"
          params={{ run }}
          search={{ activity: delivery.activity }}
          className={classes.more}
        >
          {t('run.ledger')} <IconArrowRight size={13} aria-hidden />
        </Link>
      }
    >
      <Facts
        rows={[
          [t('word.targeted'), formatCount(delivery.targeted)],
          [t('figure.sent'), formatCount(delivery.sent)],
          [t('figure.excluded'), formatCount(delivery.excluded)],
          [t('figure.failed'), formatCount(delivery.failed)],
          [t('figure.in_doubt'), formatCount(delivery.in_doubt)],
          [t('figure.pending'), formatCount(delivery.pending ?? 0)],
        ]}
      />
    </Section>
  );
}

function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <h3>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
