import { Button, Select } from '@mantine/core';
import { IconShieldCheck, IconShieldPlus, IconUpload } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRegister, type Registered } from '@/api/people';
import { AddDialog } from '@/features/register/AddDialog';
import { ImportDialog } from '@/features/register/ImportDialog';
import { RemoveDialog } from '@/features/register/RemoveDialog';
import { LISTS, readRegisterSearch, type RegisterSearch } from '@/features/register/search';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatTime, reasonWords } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { Pill } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

const route = getRouteApi('/register');
const PAGE_SIZE = 100;

/** Who must not be written to: opt-outs and suppressions. */
export function RegisterPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [adding, setAdding] = useState(search.add !== undefined);
  const [importing, setImporting] = useState(false);
  const [removed, setRemoved] = useState<Registered>();
  const { list, subject, search: text, page = 1 } = search;
  const register = useRegister({
    list,
    subject,
    search: text,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  });
  const change = (part: RegisterSearch) =>
    void navigate({
      search: (former) => readRegisterSearch({ ...former, page: undefined, ...part }),
      replace: true,
      resetScroll: false,
    });
  const filtered = list !== undefined || subject !== undefined || text !== undefined;
  return (
    <>
      <PageHeader
        title={t('register.title')}
        subtitle={t('register.subtitle')}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconUpload size={16} />}
              onClick={() => setImporting(true)}
            >
              {t('register.import')}
            </Button>
            <Button leftSection={<IconShieldPlus size={16} />} onClick={() => setAdding(true)}>
              {t('register.add')}
            </Button>
          </>
        }
      />
      <div className={ui.card}>
        <div className={ui.filters}>
          <Select
            aria-label={t('register.listLabel')}
            placeholder={t('register.anyList')}
            clearable
            w={190}
            value={list ?? null}
            onChange={(next) => change({ list: LISTS.find((each) => each === next) })}
            data={LISTS.map((value) => ({ value, label: tMaybe('register.list', value) ?? value }))}
          />
          <Select
            aria-label={t('register.subjectLabel')}
            placeholder={t('register.anySubject')}
            clearable
            w={190}
            value={subject ?? null}
            onChange={(next) => change({ subject: next ?? undefined })}
            data={['person', 'address', 'domain'].map((value) => ({
              value,
              label: tMaybe('register.subject', value) ?? value,
            }))}
          />
          <SearchInput
            label={t('register.search')}
            value={text ?? ''}
            onChange={(next) => change({ search: next })}
          />
        </div>
        {register.isPending && <LoadingRows label={t('register.loading')} />}
        {register.isError && (
          <ErrorState
            title={t('register.cannot')}
            error={register.error}
            onRetry={() => void register.refetch()}
          />
        )}
        {register.data?.total === 0 && (
          <EmptyState
            icon={IconShieldCheck}
            title={filtered ? t('ledger.noMatch') : t('register.none')}
            tone={filtered ? 'neutral' : 'good'}
          >
            {filtered ? '' : t('register.noneText')}
          </EmptyState>
        )}
        {register.isSuccess && register.data.total > 0 && (
          <>
            <DataTable
              dense
              label={t('register.title')}
              stale={register.isPlaceholderData}
              rows={register.data.rows}
              rowKey={(line) => [line.list, line.channel, line.subject, line.value].join(' ')}
              columns={columns(setRemoved)}
            />
            <Pager
              page={page}
              pageSize={PAGE_SIZE}
              total={register.data.total}
              noun={t('noun.lines')}
              onPage={(next) => change({ page: next })}
            />
          </>
        )}
      </div>
      {adding && (
        <AddDialog
          identity={search.add}
          dimension={search.dimension}
          onClose={() => {
            setAdding(false);
            change({ add: undefined, dimension: undefined });
          }}
        />
      )}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      {removed !== undefined && (
        <RemoveDialog line={removed} onClose={() => setRemoved(undefined)} />
      )}
    </>
  );
}

function columns(remove: (line: Registered) => void): DataColumn<Registered>[] {
  return [
    {
      id: 'list',
      header: t('register.listLabel'),
      cell: ({ list }) => (
        <Pill tone={list === 'opt-out' ? 'info' : 'warn'}>
          {tMaybe('register.list', list) ?? list}
        </Pill>
      ),
    },
    {
      id: 'value',
      header: t('register.who'),
      cell: ({ subject, dimension, value }) =>
        subject === 'person' && dimension !== null ? (
          <Link to="/people" search={{ dimension, search: value }} className={common.link}>
            {value}
          </Link>
        ) : (
          value
        ),
    },
    {
      id: 'subject',
      header: t('register.subjectLabel'),
      cell: ({ subject }) => tMaybe('register.subject', subject) ?? subject,
    },
    {
      id: 'channel',
      header: t('word.channel'),
      cell: ({ channel }) => tMaybe('channelKind', channel) ?? channel,
    },
    { id: 'reason', header: t('word.reason'), cell: ({ reason }) => reasonWords(reason) },
    {
      id: 'run',
      header: t('register.answers'),
      cell: ({ run }) =>
        run === null ? (
          ''
        ) : (
          <Link to="/runs/$run" params={{ run }} className={common.link}>
            {t('register.aRun')}
          </Link>
        ),
    },
    { id: 'at', header: t('register.since'), align: 'right', cell: ({ at }) => formatTime(at) },
    {
      id: 'remove',
      header: <span className={ui.hidden}>{t('word.actions')}</span>,
      align: 'right',
      cell: (line) => (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={t('register.removeOne', { value: line.value })}
          onClick={() => remove(line)}
        >
          {t('register.remove')}
        </Button>
      ),
    },
  ];
}
