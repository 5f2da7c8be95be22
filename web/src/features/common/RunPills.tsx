import type { RunMode, RunState } from '@/api/types';
import { runLook } from '@/canvas/states';
import { Pill, Tag } from '@/ui/Pill';
import { t } from '@/i18n';

export function RunPill({ state }: { state: RunState }) {
  const { tone, label, active } = runLook(state);
  return (
    <Pill tone={tone} pulse={active}>
      {label}
    </Pill>
  );
}

export function ModeTag({ mode }: { mode: RunMode }) {
  return <Tag>{mode === 'test' ? t('mode.test') : t('mode.live')}</Tag>;
}
