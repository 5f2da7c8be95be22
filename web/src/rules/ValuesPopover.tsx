import { ActionIcon, Popover } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useState } from 'react';
import { useDistribution, type FieldOf } from '@/api/questions';
import type { Distribution } from '@/api/types';
import { t } from '@/i18n';
import { BarList } from '@/ui/BarList';
import { formatCell, formatCount, formatShare, sentence } from '@/ui/format';
import classes from '@/rules/rules.module.css';

const TOP = 20;

interface Props {
  of: FieldOf;
  /** What the field is called. */
  label: string;
  /** `null`: rows without a value. */
  onPick: (value: unknown) => void;
}

/** How the values of a field are spread, a click away; a value that is clicked becomes the condition's. */
export function ValuesPopover({ of, label, onPick }: Props) {
  const [opened, setOpened] = useState(false);
  const answer = useDistribution(opened ? of : undefined, TOP);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={380}
      position="bottom-end"
      trapFocus
      withinPortal
    >
      <Popover.Target>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('rules.valuesOf', { field: label })}
          onClick={() => setOpened(!opened)}
        >
          <IconChartBar size={15} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div
          className={classes.values}
          role="region"
          aria-label={t('rules.valuesOf', { field: label })}
        >
          {answer.isError && <p className={classes.wrong}>{sentence(answer.error.message)}</p>}
          {answer.isPending && <p className={classes.muted}>{t('rules.counting')}</p>}
          {answer.data !== undefined && (
            <Spread
              of={answer.data}
              onPick={(value) => {
                onPick(value);
                setOpened(false);
              }}
            />
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Spread({ of, onPick }: { of: Distribution; onPick: (value: unknown) => void }) {
  const { rows, nulls, distinct, values, others, histogram = [] } = of;
  const bars = values.map(({ value, count }, index) => ({
    id: String(index),
    label: formatCell(value),
    value: count,
  }));
  return (
    <>
      <p className={classes.muted}>
        {t('rules.spread', { rows: formatCount(rows), distinct: formatCount(distinct) })}
      </p>
      {histogram.length > 1 && <Histogram bins={histogram} rows={rows} />}
      <BarList
        label={t('rules.frequentValues')}
        tone="info"
        whole={rows}
        bars={bars}
        onPick={(id) => onPick(values[Number(id)]?.value)}
      />
      {others > 0 && (
        <p className={classes.muted}>
          {t('rules.otherValues', { n: others, share: formatShare(others, rows) })}
        </p>
      )}
      {nulls > 0 && (
        <button type="button" className={classes.linkButton} onClick={() => onPick(null)}>
          {t('rules.withoutValue', { n: nulls, share: formatShare(nulls, rows) })}
        </button>
      )}
    </>
  );
}

function Histogram({ bins, rows }: { bins: NonNullable<Distribution['histogram']>; rows: number }) {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  return (
    <ol className={classes.histogram} aria-label={t('rules.histogram')}>
      {bins.map(({ from, to, count }) => (
        <li
          key={String(from)}
          title={`${formatCell(from)} – ${formatCell(to)}: ${formatCount(count)} (${formatShare(count, rows)})`}
        >
          <span style={{ height: `${(count / most) * 100}%` }} />
        </li>
      ))}
    </ol>
  );
}
