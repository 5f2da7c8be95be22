import { Group, Select } from '@mantine/core';
import type { RunListed } from '@/api/types';
import { runLook } from '@/canvas/states';
import { NO_RUN } from '@/features/campaign/search';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import { formatTime } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  runs: RunListed[];
  value: string;
  onChange: (run: string) => void;
}

/** Chooses which run's numbers the canvas shows. */
export function RunPicker({ runs, value, onChange }: Props) {
  const byId = new Map(runs.map((run) => [run.run, run]));
  const data = [
    ...runs.map((run) => ({
      value: run.run,
      label: `${formatTime(run.started_at)} · ${runLook(run.state).label}${run.mode === 'test' ? ` · ${t('mode.test')}` : ''}`,
    })),
    { value: NO_RUN, label: t('picker.none') },
  ];
  if (!byId.has(value) && value !== NO_RUN) data.unshift({ value, label: value });
  return (
    <Select
      aria-label={t('picker.label')}
      w={304}
      value={value}
      onChange={(next) => onChange(next ?? NO_RUN)}
      allowDeselect={false}
      data={data}
      comboboxProps={{ width: 340, position: 'bottom-end' }}
      maxDropdownHeight={360}
      renderOption={({ option }) => {
        const run = byId.get(option.value);
        if (run === undefined) return option.label;
        return (
          <Group justify="space-between" wrap="nowrap" style={{ flex: 1 }}>
            <span>{formatTime(run.started_at)}</span>
            <Group gap={6} wrap="nowrap">
              {run.mode === 'test' && <ModeTag mode="test" />}
              <RunPill state={run.state} />
            </Group>
          </Group>
        );
      }}
    />
  );
}
