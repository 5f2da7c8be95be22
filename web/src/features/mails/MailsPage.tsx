import { IconInbox, IconMailOpened, IconMailSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCaughtMessages } from '@/api/catcher';
import { useRuns } from '@/api/runs';
import { useStatus } from '@/api/server';
import type { CaughtListed } from '@/api/types';
import { MessageView } from '@/features/common/MessageView';
import { useNames, type Names } from '@/features/common/useNames';
import { readMailsSearch, type MailsSearch } from '@/features/mails/search';
import { formatAgo, formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import classes from '@/features/mails/mails.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/mails');
const PAGE_SIZE = 50;
/** Runs among which those of the mails are looked for. */
const RUNS_READ = 200;

export function MailsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const status = useStatus();
  const change = (part: MailsSearch) =>
    void navigate({ search: readMailsSearch({ ...search, ...part }), replace: true });
  const catcher = status.data?.catcher ?? undefined;
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <PageHeader
          title={t('mails.title')}
          subtitle={
            catcher === undefined
              ? t('mails.subtitle')
              : t('mails.kept', { n: catcher.messages, smtp: catcher.smtp })
          }
          actions={
            <SearchInput
              label={t('mails.search')}
              width={320}
              value={search.search ?? ''}
              onChange={(text) => change({ search: text, page: undefined })}
            />
          }
        />
      </div>
      <div className={classes.panes}>
        <MessageList search={search} onPage={(page) => change({ page })} />
        <section className={classes.reading} aria-label={t('mails.pane')}>
          {search.message === undefined ? (
            <div className={classes.nothing}>
              <EmptyState icon={IconMailOpened} title={t('mails.noneChosen')} tone="neutral">
                {t('mails.noneChosenText')}
              </EmptyState>
            </div>
          ) : (
            <MessageView
              key={search.message}
              id={search.message}
              view={search.view ?? 'html'}
              width={search.width ?? 'desktop'}
              onView={(view) => change({ view: view === 'html' ? undefined : view })}
              onWidth={(width) => change({ width: width === 'desktop' ? undefined : width })}
            />
          )}
        </section>
      </div>
    </div>
  );
}

/** The campaign, the message and whose it is; the sender of what no run sent. */
function originOf(message: CaughtListed, campaign: string | undefined, names: Names): string {
  const { activity, key, from } = message;
  const parts = [
    campaign && names.campaign(campaign),
    activity && names.activity(activity, campaign),
    key,
  ];
  return parts.filter(Boolean).join(' · ') || from;
}

function MessageList({ search, onPage }: { search: MailsSearch; onPage: (page: number) => void }) {
  const page = search.page ?? 1;
  const limits = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  const messages = useCaughtMessages(search.search ?? '', limits);
  const runs = useRuns(undefined, RUNS_READ).data ?? [];
  const campaignOf = (run: string | null) => runs.find((each) => each.run === run)?.campaign;
  const shown = messages.data?.messages ?? [];
  const names = useNames(shown.flatMap(({ run }) => campaignOf(run) ?? []));
  const now = useNow(30_000);
  return (
    <section className={classes.list} aria-label={t('word.messages')}>
      {messages.isPending && <LoadingRows label={t('mails.loading')} />}
      {messages.isError && (
        <ErrorState
          title={t('mails.cannotList')}
          error={messages.error}
          onRetry={() => void messages.refetch()}
        />
      )}
      {messages.isSuccess && messages.data.total === 0 && (
        <Nothing searched={search.search !== undefined} />
      )}
      {messages.isSuccess && messages.data.total > 0 && (
        <>
          <ul className={classes.items} aria-busy={messages.isPlaceholderData}>
            {messages.data.messages.map((message) => (
              <li key={message.id}>
                <Link
                  to="/mails"
                  search={{ ...search, message: message.id }}
                  replace
                  className={classes.item}
                  aria-current={message.id === search.message ? 'true' : undefined}
                  activeOptions={{ includeSearch: true }}
                >
                  <span className={classes.itemTop}>
                    <span className={classes.to}>{message.to.join(', ')}</span>
                    <time
                      className={classes.when}
                      dateTime={message.received_at}
                      title={formatTime(message.received_at)}
                    >
                      {formatAgo(message.received_at, now)}
                    </time>
                  </span>
                  <span className={classes.subject}>
                    {message.subject || t('message.noSubject')}
                  </span>
                  <span className={classes.origin}>
                    {originOf(message, campaignOf(message.run), names)}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          <Pager
            page={page}
            pageSize={PAGE_SIZE}
            total={messages.data.total}
            noun={t('noun.mails')}
            onPage={onPage}
          />
        </>
      )}
    </section>
  );
}

function Nothing({ searched }: { searched: boolean }) {
  return searched ? (
    <EmptyState icon={IconMailSearch} title={t('mails.noMatch')} tone="neutral">
      {t('mails.noMatchText')}
    </EmptyState>
  ) : (
    <EmptyState icon={IconInbox} title={t('mails.none')}>
      {t('mails.noneText')}
      <pre>tutti catcher --smtp 127.0.0.1:2525</pre>
    </EmptyState>
  );
}
