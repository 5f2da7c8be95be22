import { Button } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import { t } from '@/i18n';

/** What is known of a request, as far as it says what to show. */
export interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

interface Props<T> {
  query: Asked<T>;
  loading: string;
  failed: string;
  children: (data: T) => ReactNode;
}

/** What a request answers; before that, that it is on its way, or why it failed. */
export function Listed<T>({ query, loading, failed, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return <LoadingRows label={loading} />;
  return <ErrorState title={failed} error={query.error} onRetry={() => void query.refetch()} />;
}

/** Nothing is like what was asked for. */
export function NoMatch({
  title,
  onClear,
  children,
}: {
  title: string;
  onClear: () => void;
  children?: ReactNode;
}) {
  return (
    <EmptyState icon={IconFilterOff} title={title} tone="neutral">
      {children}
      <br />
      <Button mt="sm" size="xs" variant="default" onClick={onClear}>
        {t('campaigns.clear')}
      </Button>
    </EmptyState>
  );
}
