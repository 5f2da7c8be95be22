import { Button, Skeleton } from '@mantine/core';
import { IconAlertCircle, IconRefresh, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { sentence } from '@/ui/format';
import { toneStyle, type Tone } from '@/ui/tone';
import classes from '@/ui/ui.module.css';
import { t } from '@/i18n';

interface BlankProps {
  icon: Icon;
  title: string;
  tone?: Tone;
  children?: ReactNode;
}

/** What stands where there is nothing to show yet, and what to do about it. */
export function EmptyState({ icon: Icon, title, tone = 'accent', children }: BlankProps) {
  return (
    <div className={classes.blank} style={toneStyle(tone)}>
      <div className={classes.blankIcon} aria-hidden>
        <Icon size={26} stroke={1.6} />
      </div>
      <div className={classes.blankTitle}>{title}</div>
      <div className={classes.blankText}>{children}</div>
    </div>
  );
}

/** A failed request: what was tried, why it failed, and a way to try again. */
export function ErrorState({
  title,
  error,
  onRetry,
}: {
  title: string;
  error: Error;
  onRetry?: () => void;
}) {
  return (
    <div className={classes.blank} style={toneStyle('bad')} role="alert">
      <div className={classes.blankIcon} aria-hidden>
        <IconAlertCircle size={26} stroke={1.6} />
      </div>
      <div className={classes.blankTitle}>{title}</div>
      <div className={classes.blankText}>{sentence(error.message)}</div>
      {onRetry !== undefined && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          onClick={onRetry}
        >
          {t('common.again')}
        </Button>
      )}
    </div>
  );
}

/** Grey lines in the place of rows that are on their way. */
export function LoadingRows({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} style={{ padding: 16 }}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={18} mt={index === 0 ? 4 : 20} width={`${96 - index * 7}%`} />
      ))}
    </div>
  );
}
