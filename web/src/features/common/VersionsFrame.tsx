import { Button, Group, Text, UnstyledButton } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { t } from '@/i18n';
import { formatTime, sentence } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/common/versions.module.css';

interface VersionListed {
  version: number;
  written_at: string;
  deleted: boolean;
  newest: boolean;
}

interface Props {
  versions: {
    data: VersionListed[] | undefined;
    isPending: boolean;
    error: Error | null;
    refetch: () => unknown;
  };
  /** The version that is shown, beside which all can be chosen. */
  shown: number | undefined;
  onChoose: (version: number) => void;
  /** Makes what is shown the newest; what goes wrong is told here. */
  onRestore: (version: number) => Promise<unknown>;
  children: ReactNode;
}

/** The versions of a document, a look at one of them, and going back to it. */
export function VersionsFrame({ versions, shown, onChoose, onRestore, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const listed = versions.data?.filter(({ deleted }) => !deleted);
  const newest = versions.data?.find((each) => each.newest)?.version;
  const restore = async () => {
    if (shown === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await onRestore(shown);
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  if (versions.isPending) return <LoadingRows label={t('common.loading')} />;
  if (versions.error !== null) {
    const retry = () => void versions.refetch();
    return <ErrorState title={t('data.noVersions')} error={versions.error} onRetry={retry} />;
  }
  return (
    <div className={classes.frame}>
      <ol className={classes.list} aria-label={t('contents.versions')}>
        {listed?.map(({ version, written_at, newest: isNewest }) => (
          <li key={version}>
            <UnstyledButton
              className={classes.version}
              aria-current={version === shown}
              onClick={() => onChoose(version)}
            >
              {t('contents.version', { n: version })}
              {isNewest && ` · ${t('contents.newest')}`}
              <small>{formatTime(written_at)}</small>
            </UnstyledButton>
          </li>
        ))}
      </ol>
      <div className={classes.view}>
        {children}
        {error !== undefined && (
          <Text c="red" size="sm" role="alert">
            {sentence(error)}
          </Text>
        )}
        <Group justify="flex-end">
          <Button
            leftSection={<IconHistory size={16} />}
            loading={busy}
            disabled={shown === undefined || shown === newest}
            onClick={() => void restore()}
          >
            {t('contents.restore')}
          </Button>
        </Group>
      </div>
    </div>
  );
}
