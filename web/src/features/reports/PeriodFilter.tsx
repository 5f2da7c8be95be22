import { Group, Select, TextInput } from '@mantine/core';
import { daysOf, periodOf, rangeOf, spanOf, SPANS, type Period } from '@/features/reports/period';
import classes from '@/features/reports/reports.module.css';
import { t } from '@/i18n';

interface Props {
  period: Period;
  onChange: (period: Period) => void;
}

/** Which messages a report is about: those that were settled in a time. */
export function PeriodFilter({ period, onChange }: Props) {
  const span = spanOf(period);
  const { first, last } = daysOf(period);
  return (
    <Group gap={8} className={classes.noPrint}>
      <Select
        aria-label={t('report.period')}
        w={190}
        allowDeselect={false}
        value={span}
        onChange={(next) =>
          onChange(periodOf(SPANS.find((each) => each === next) ?? 'all', Date.now()))
        }
        data={SPANS.map((value) => ({ value, label: t(`report.period.${value}`) }))}
      />
      {span === 'range' && (
        <>
          <TextInput
            type="date"
            aria-label={t('report.firstDay')}
            max={last || undefined}
            value={first}
            onChange={({ currentTarget }) => onChange(rangeOf(currentTarget.value, last))}
          />
          <TextInput
            type="date"
            aria-label={t('report.lastDay')}
            min={first || undefined}
            value={last}
            onChange={({ currentTarget }) => onChange(rangeOf(first, currentTarget.value))}
          />
        </>
      )}
    </Group>
  );
}
