import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import { t } from '@/i18n';

export function NotFound() {
  return (
    <EmptyState icon={IconMapPinOff} title={t('shell.nothing')} tone="neutral">
      {t('shell.nothingText')}
      <br />
      <Button
        mt="sm"
        size="xs"
        variant="default"
        renderRoot={(props) => <Link to="/campaigns" {...props} />}
      >
        {t('shell.toCampaigns')}
      </Button>
    </EmptyState>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const cause = error instanceof Error ? error : new Error(String(error));
  return <ErrorState title={t('shell.failed')} error={cause} onRetry={reset} />;
}

export function PagePending() {
  return <LoadingRows label={t('common.loading')} />;
}
