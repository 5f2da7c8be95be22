import { Button } from '@mantine/core';
import { IconArrowLeft, IconMailOff, IconRoute, IconShieldOff } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePerson, type PersonMessage, type PersonView } from '@/api/people';
import { ledgerLook } from '@/canvas/states';
import { Facts } from '@/features/common/Facts';
import { readPersonSearch } from '@/features/people/search';
import { TraceDialog } from '@/features/common/TraceDialog';
import { useNames, type Names } from '@/features/common/useNames';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell, formatCount, formatTime, humanize, reasonWords } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/people/people.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

const route = getRouteApi('/people/$dimension/$key');

/** Everything that is known of one person. */
export function PersonPage() {
  const { dimension, key } = route.useParams();
  const person = usePerson(dimension, key);
  if (person.isPending) return <LoadingRows rows={9} label={t('person.loading')} />;
  if (person.isError) {
    const retry = () => void person.refetch();
    return <ErrorState title={t('person.cannot')} error={person.error} onRetry={retry} />;
  }
  return <Loaded person={person.data} />;
}

function Loaded({ person }: { person: PersonView }) {
  const { trace } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (run: string | undefined) =>
    void navigate({
      search: (former) => readPersonSearch({ ...former, trace: run }),
      replace: true,
      resetScroll: false,
    });
  const names = useNames(person.messages.map(({ campaign }) => campaign));
  const address = person.channels.find((channel) => channel.address !== null)?.address;
  return (
    <>
      <PageHeader
        back={
          <Link to="/people" search={{ dimension: person.dimension }} className={ui.back}>
            <IconArrowLeft size={15} /> {t('people.title')}
          </Link>
        }
        title={address ?? person.key}
        subtitle={`${names.dimension(person.dimension)} · ${person.key}`}
      />
      <div className={classes.person}>
        <section className={`${ui.card} ${classes.block}`} aria-label={t('person.fields')}>
          <h2 className={classes.blockTitle}>{t('person.fields')}</h2>
          <Facts
            rows={person.fields.map(({ name, label, value }) => [
              label ?? humanize(name),
              formatCell(value),
            ])}
          />
        </section>
        <div className={classes.side}>
          <Reach person={person} />
          <section className={ui.card} aria-label={t('person.messages')}>
            <h2 className={classes.cardTitle}>{t('person.messages')}</h2>
            {person.messages.length === 0 ? (
              <EmptyState icon={IconMailOff} title={t('person.noMessages')} tone="neutral">
                {t('person.noMessagesText')}
              </EmptyState>
            ) : (
              <DataTable
                dense
                label={t('person.messages')}
                rows={person.messages}
                rowKey={({ run, activity }) => `${run} ${activity}`}
                columns={messageColumns(person.key, names, show)}
              />
            )}
          </section>
          {person.links.map((link) => (
            <section key={link.name} className={ui.card} aria-label={humanize(link.name)}>
              <h2 className={classes.cardTitle}>
                {humanize(link.name)} <Tag>{formatCount(link.total)}</Tag>
              </h2>
              {link.total > 0 && (
                <DataTable
                  dense
                  label={humanize(link.name)}
                  rows={link.rows}
                  rowKey={(_, index) => String(index)}
                  columns={link.columns.map(({ name }, index): DataColumn<unknown[]> => ({
                    id: name,
                    header: <span title={name}>{names.column(name, link.to)}</span>,
                    cell: (row) => formatCell(row[index]),
                  }))}
                />
              )}
              {link.total > link.rows.length && (
                <p className={classes.note}>
                  {t('person.firstRows', { n: link.rows.length, total: link.total })}
                </p>
              )}
            </section>
          ))}
        </div>
      </div>
      {trace !== undefined && (
        <TraceDialog run={trace} rowKey={person.key} onClose={() => show(undefined)} />
      )}
    </>
  );
}

/** Addresses, consents, opt-outs and suppressions. */
function Reach({ person }: { person: PersonView }) {
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={t('person.reach')}>
      <h2 className={classes.blockTitle}>{t('person.reach')}</h2>
      <ul className={classes.reach}>
        {person.channels.map(({ channel, address, consent, asks_consent }) => (
          <li key={channel}>
            <b>{tMaybe('channelKind', channel) ?? humanize(channel)}</b>
            <span className={address === null ? common.muted : undefined}>
              {address ?? t('person.noAddress')}
            </span>
            {asks_consent && (
              <Pill tone={consent === true ? 'good' : 'bad'}>
                {consent === true ? t('person.consent') : t('person.noConsent')}
              </Pill>
            )}
          </li>
        ))}
        {person.register.map(({ list, subject, value, reason, at }) => (
          <li key={`${list} ${subject} ${value}`}>
            <Pill tone="warn">{tMaybe('register.list', list) ?? list}</Pill>
            <span>{value}</span>
            <span className={common.muted}>
              {reasonWords(reason)}, {formatTime(at)}
            </span>
          </li>
        ))}
      </ul>
      <Button
        size="xs"
        mt="sm"
        variant="default"
        leftSection={<IconShieldOff size={15} />}
        renderRoot={(props) => (
          <Link
            to="/register"
            search={{ add: person.identity ?? undefined, dimension: person.dimension }}
            {...props}
          />
        )}
      >
        {t('person.optOut')}
      </Button>
    </section>
  );
}

function messageColumns(
  key: string,
  names: Names,
  show: (run: string) => void,
): DataColumn<PersonMessage>[] {
  return [
    { id: 'at', header: t('report.from'), cell: ({ at }) => formatTime(at) },
    {
      id: 'campaign',
      header: t('word.campaign'),
      cell: ({ campaign, run, activity }) => (
        <Link
          to="/runs/$run"
          params={{ run }}
          search={{ line: key, of: activity }}
          className={common.link}
        >
          {names.campaign(campaign)} · {names.activity(activity, campaign)}
        </Link>
      ),
    },
    {
      id: 'status',
      header: t('word.status'),
      cell: ({ status, reason }) => {
        const { tone, label } = ledgerLook(status);
        return (
          <>
            <Pill tone={tone}>{label}</Pill> {reason === null ? '' : reasonWords(reason)}
          </>
        );
      },
    },
    {
      id: 'events',
      header: t('person.cameBack'),
      cell: ({ events }) =>
        events.map(({ kind, url, at }, index) => (
          <div key={index} className={classes.event}>
            {tMaybe('event', kind) ?? humanize(kind)} {formatTime(at)}
            {url !== null && <span className={common.muted}> {url}</span>}
          </div>
        )),
    },
    {
      id: 'trace',
      header: t('person.why'),
      cell: ({ run }) => (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconRoute size={14} />}
          onClick={() => show(run)}
        >
          {t('person.trace')}
        </Button>
      ),
    },
  ];
}
