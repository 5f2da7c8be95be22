import { Radio, Stack } from '@mantine/core';
import type { Runnable } from '@/features/common/useRunnable';
import { t } from '@/i18n';

/** Asks whether changes that are in no version yet are taken, where there are some. */
export function WhichText({ runnable }: { runnable: Runnable }) {
  const { changed, withChanges, choose, version = 0 } = runnable;
  if (!changed) return null;
  return (
    <Radio.Group
      label={t('launch.changes')}
      value={withChanges ? 'with' : 'without'}
      onChange={(next) => choose(next === 'with')}
    >
      <Stack gap={6} mt={6}>
        <Radio
          value="with"
          label={t('launch.with')}
          description={t('launch.withText', { n: version + 1 })}
        />
        <Radio
          value="without"
          label={t('launch.without')}
          description={t('launch.withoutText', { n: version })}
        />
      </Stack>
    </Radio.Group>
  );
}
