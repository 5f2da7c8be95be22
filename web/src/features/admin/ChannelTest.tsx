import { Button, Popover } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useTestChannel } from '@/api/admin';
import { sentence } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import classes from '@/features/admin/admin.module.css';
import { t } from '@/i18n';

/** Tries the connection of a channel, without sending. */
export function ChannelTest({ name }: { name: string }) {
  const test = useTestChannel();
  const { data } = test;
  const error = test.error?.message ?? data?.error ?? undefined;
  return (
    <Popover
      position="bottom-end"
      width={420}
      withArrow
      opened={test.isSuccess || test.isError}
      onDismiss={test.reset}
    >
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          loading={test.isPending}
          leftSection={<IconPlugConnected size={15} />}
          aria-label={t('admin.testOne', { name })}
          onClick={() => test.mutate(name)}
        >
          {t('admin.test')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown role="status">
        <Pill tone={data?.ok === true ? 'good' : 'bad'}>
          {data?.ok === true ? t('admin.works') : t('admin.fails')}
        </Pill>{' '}
        <code>{data?.server}</code>
        {error !== undefined && <p className={classes.why}>{sentence(error)}</p>}
        {data?.hint && <p className={classes.note}>{sentence(data.hint)}</p>}
        {data !== undefined && data.steps.length > 0 && (
          <ul className={classes.steps}>
            {data.steps.map(({ step, detail }) => (
              <li key={step}>{sentence(detail)}</li>
            ))}
            {data.extensions.length > 0 && <li>{data.extensions.join(', ')}</li>}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
