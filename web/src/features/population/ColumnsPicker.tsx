import { ActionIcon, Button, Checkbox, Group, Popover } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconColumns } from '@tabler/icons-react';
import { moved } from '@/features/population/columns';
import type { PopulationSearch } from '@/features/population/search';
import classes from '@/features/population/population.module.css';
import { t } from '@/i18n';

interface Props {
  /** All columns, in the order in which they stand. */
  columns: { name: string; label: string }[];
  hidden: ReadonlySet<string>;
  onChange: (part: Pick<PopulationSearch, 'hidden' | 'columns'>) => void;
}

/** Which columns are shown, and in which order. */
export function ColumnsPicker({ columns, hidden, onChange }: Props) {
  const names = columns.map(({ name }) => name);
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onChange({ hidden: next.size === 0 ? undefined : [...next].join(',') });
  };
  const move = (name: string, step: -1 | 1) =>
    onChange({ columns: moved(names, name, step).join(',') });
  return (
    <Popover position="bottom-end" width={320} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns size={16} />}>
          {t('word.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('word.columns')}>
        <ul className={classes.picker}>
          {columns.map(({ name, label }, index) => (
            <li key={name}>
              <Checkbox
                size="sm"
                label={<span title={name}>{label}</span>}
                checked={!hidden.has(name)}
                onChange={() => toggle(name)}
              />
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  disabled={index === 0}
                  aria-label={t('rows.earlier', { name: label })}
                  onClick={() => move(name, -1)}
                >
                  <IconChevronUp size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  disabled={index === columns.length - 1}
                  aria-label={t('rows.later', { name: label })}
                  onClick={() => move(name, 1)}
                >
                  <IconChevronDown size={14} />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ul>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange({ hidden: undefined, columns: undefined })}
        >
          {t('rows.allColumns')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
