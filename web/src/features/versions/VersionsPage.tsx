import {
  Alert,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  TextInput,
  useComputedColorScheme,
} from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconArrowLeft, IconEqual } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useActivityKinds, useCampaign } from '@/api/campaigns';
import {
  useComparison,
  useDocumentVersion,
  useRestoreVersion,
  useVersions,
  type Difference,
  type VersionLine,
} from '@/api/library';
import type { Campaign } from '@/api/types';
import { Canvas } from '@/canvas/Canvas';
import { mergeVersions } from '@/features/versions/merge';
import type { VersionsSearch } from '@/features/versions/search';
import { t } from '@/i18n';
import { formatTime, sentence } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import type { Tone } from '@/ui/tone';
import page from '@/features/campaign/campaign.module.css';
import classes from '@/features/versions/versions.module.css';
import ui from '@/ui/ui.module.css';

const route = getRouteApi('/campaigns/$name/versions');
const TONES: Record<Difference['change'], Tone> = {
  added: 'good',
  removed: 'bad',
  changed: 'warn',
};

export function VersionsPage() {
  const { name } = route.useParams();
  const campaign = useCampaign(name);
  const versions = useVersions(name);
  if (campaign.isPending || versions.isPending)
    return <LoadingRows label={t('versions.loading')} />;
  if (campaign.isError)
    return (
      <ErrorState
        title={t('versions.cannotShow')}
        error={campaign.error}
        onRetry={() => void campaign.refetch()}
      />
    );
  if (versions.isError)
    return (
      <ErrorState
        title={t('versions.cannotShow')}
        error={versions.error}
        onRetry={() => void versions.refetch()}
      />
    );
  return <Loaded campaign={campaign.data} versions={versions.data} />;
}

function Loaded({ campaign, versions }: { campaign: Campaign; versions: VersionLine[] }) {
  const { name, label = name } = campaign.document;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [restoring, setRestoring] = useState<number>();
  const comparison = useComparison(name, search.from, search.to);
  const differences = useMemo(() => comparison.data?.differences ?? [], [comparison.data]);
  const change = (part: VersionsSearch) =>
    void navigate({ search: (former) => ({ ...former, ...part }), replace: true });
  const choices = versions
    .filter(({ deleted }) => !deleted)
    .map(({ version }) => ({
      value: String(version),
      label: t('versions.number', { version }),
    }));
  return (
    <div className={page.page}>
      <div className={page.head}>
        <PageHeader
          back={
            <Link to="/campaigns/$name" params={{ name }} className={ui.back}>
              <IconArrowLeft size={15} /> {label}
            </Link>
          }
          title={t('versions.of', { name: label })}
          actions={
            comparison.data !== undefined && (
              <>
                <Select
                  aria-label={t('versions.from')}
                  w={150}
                  allowDeselect={false}
                  data={choices}
                  value={String(comparison.data.from)}
                  onChange={(next) => change({ from: Number(next) })}
                />
                <IconEqual size={16} aria-hidden />
                <Select
                  aria-label={t('versions.to')}
                  w={150}
                  allowDeselect={false}
                  data={choices}
                  value={String(comparison.data.to)}
                  onChange={(next) => change({ to: Number(next) })}
                />
              </>
            )
          }
        />
      </div>
      <div className={page.work}>
        <div className={page.stage}>
          <div className={page.canvas}>
            {comparison.isError ? (
              <ErrorState
                title={t('versions.cannotShow')}
                error={comparison.error}
                onRetry={() => void comparison.refetch()}
              />
            ) : (
              comparison.data !== undefined && (
                <Both
                  campaign={campaign}
                  from={comparison.data.from}
                  to={comparison.data.to}
                  differences={differences}
                />
              )
            )}
          </div>
        </div>
        <aside className={classes.side}>
          <section aria-label={t('versions.differences')}>
            <h2>{t('versions.differences')}</h2>
            {comparison.isSuccess && differences.length === 0 && (
              <EmptyState icon={IconEqual} title={t('versions.same')} tone="neutral" />
            )}
            <ul className={classes.differences}>
              {differences.map((difference) => (
                <li key={`${difference.what}/${difference.name}/${difference.change}`}>
                  <Pill tone={TONES[difference.change]}>{t(`versions.${difference.change}`)}</Pill>
                  <p>{sentence(difference.words)}</p>
                </li>
              ))}
            </ul>
          </section>
          <section aria-label={t('versions.list')}>
            <h2>{t('versions.list')}</h2>
            <ol className={classes.versions}>
              {versions.map((line) => (
                <Line
                  key={line.version}
                  line={line}
                  shown={line.version === comparison.data?.to}
                  onCompare={() =>
                    change({ to: line.version, from: line.version > 1 ? line.version - 1 : 1 })
                  }
                  onRestore={() => setRestoring(line.version)}
                />
              ))}
            </ol>
          </section>
        </aside>
      </div>
      {restoring !== undefined && (
        <RestoreDialog
          campaign={name}
          version={restoring}
          scheduled={['live', 'scheduled'].includes(campaign.state)}
          onDone={() => {
            setRestoring(undefined);
            change({ from: undefined, to: undefined });
          }}
          onClose={() => setRestoring(undefined)}
        />
      )}
    </div>
  );
}

interface BothProps {
  campaign: Campaign;
  from: number;
  to: number;
  differences: Difference[];
}

/** Both versions on one canvas. */
function Both({ campaign, from, to, differences }: BothProps) {
  const { name } = campaign.document;
  const kinds = useActivityKinds();
  const colorScheme = useComputedColorScheme('light');
  const [chosen, setChosen] = useState<string>();
  const before = useDocumentVersion(name, from);
  const after = useDocumentVersion(name, to);
  const merged = useMemo(
    () =>
      before.data === undefined || after.data === undefined
        ? undefined
        : mergeVersions(before.data, after.data, differences),
    [before.data, after.data, differences],
  );
  if (merged === undefined) return <LoadingRows label={t('versions.loading')} />;
  return (
    <Canvas
      document={merged.document}
      ports={{}}
      kinds={kinds.data}
      run={undefined}
      marks={merged}
      colorScheme={colorScheme}
      direction="down"
      chosenActivity={chosen}
      chosenPort={undefined}
      onActivity={setChosen}
    />
  );
}

interface LineProps {
  line: VersionLine;
  shown: boolean;
  onCompare: () => void;
  onRestore: () => void;
}

function Line({ line, shown, onCompare, onRestore }: LineProps) {
  const { version, written_at, deleted, newest, in_force, takes_over_at } = line;
  return (
    <li data-shown={shown}>
      <button type="button" className={classes.version} disabled={deleted} onClick={onCompare}>
        <b>{t('versions.number', { version })}</b>
        <time dateTime={written_at}>{formatTime(written_at)}</time>
      </button>
      <span className={classes.tags}>
        {newest && <Tag>{t('versions.newest')}</Tag>}
        {in_force && <Tag>{t('versions.inForce')}</Tag>}
        {takes_over_at !== null && (
          <Tag>{t('versions.takesOver', { time: formatTime(takes_over_at) })}</Tag>
        )}
        {deleted && <Tag>{t('versions.deleted')}</Tag>}
        {!newest && !deleted && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconArrowBackUp size={14} />}
            onClick={onRestore}
          >
            {t('versions.restore', { version })}
          </Button>
        )}
      </span>
    </li>
  );
}

interface RestoreProps {
  campaign: string;
  version: number;
  /** Whether runs are to come, so that a time makes sense. */
  scheduled: boolean;
  onDone: () => void;
  onClose: () => void;
}

function RestoreDialog({ campaign, version, scheduled, onDone, onClose }: RestoreProps) {
  const [at, setAt] = useState('');
  const restore = useRestoreVersion(campaign);
  return (
    <Modal opened onClose={onClose} title={t('versions.restore', { version })}>
      <Stack gap="md">
        <Text size="sm">{t('versions.restoreText')}</Text>
        {scheduled && (
          <TextInput
            type="datetime-local"
            label={t('versions.restoreAt')}
            description={t('versions.restoreAtHelp')}
            value={at}
            onChange={({ currentTarget }) => setAt(currentTarget.value)}
          />
        )}
        {restore.error !== null && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('confirm.failed')}>
            {sentence(restore.error.message)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={restore.isPending}
            onClick={() =>
              restore.mutate({ version, ...(at !== '' && { at }) }, { onSuccess: onDone })
            }
          >
            {t('versions.restore', { version })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
