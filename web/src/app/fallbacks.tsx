import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';

export function NotFound() {
  return (
    <EmptyState icon={IconMapPinOff} title="There is nothing here" tone="neutral">
      The address does not lead to a page of Tutti.
      <br />
      <Button
        mt="sm"
        size="xs"
        variant="default"
        renderRoot={(props) => <Link to="/campaigns" {...props} />}
      >
        Go to the campaigns
      </Button>
    </EmptyState>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const cause = error instanceof Error ? error : new Error(String(error));
  return <ErrorState title="This page failed" error={cause} onRetry={reset} />;
}

export function PagePending() {
  return <LoadingRows label="Loading" />;
}
