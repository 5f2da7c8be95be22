import { SegmentedControl } from '@mantine/core';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { writeNext, type UntilKind } from '@/features/campaign/form/until';
import { UntilParts } from '@/features/campaign/form/UntilField';
import { readWait } from '@/features/campaign/panels/wait';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

const STARTS: Record<UntilKind, Record<string, unknown>> = {
  for: { duration: '3d', until: undefined },
  until: { duration: undefined, until: '' },
  next: { duration: undefined, until: { weekday: 'monday', at: '09:00' } },
};

/** For how long, or until when. */
export function WaitPanel({ activity, set, rest, errorAt }: PanelProps) {
  const { kind, text, next } = readWait(activity);
  const error = errorAt(['duration']) ?? errorAt(['until']) ?? errorAt(['until', 'at']);
  return (
    <div className={classes.stack}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('wait.kind')}
        value={kind}
        onChange={(chosen) => set(STARTS[chosen as UntilKind])}
        data={[
          { value: 'for', label: t('wait.for') },
          { value: 'until', label: t('wait.until') },
          { value: 'next', label: t('wait.next') },
        ]}
      />
      <UntilParts
        kind={kind}
        text={text}
        next={next}
        error={error}
        onText={(written) =>
          set(
            kind === 'for'
              ? { duration: written, until: undefined }
              : { duration: undefined, until: written },
            'wait',
          )
        }
        onNext={(given) => set({ duration: undefined, until: writeNext(given) }, 'wait')}
      />
      {rest(['duration', 'until'])}
    </div>
  );
}
