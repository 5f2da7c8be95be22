import { ActionIcon, Group } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconChevronsLeft,
  IconChevronsRight,
} from '@tabler/icons-react';
import { formatCount } from '@/ui/format';
import classes from '@/ui/ui.module.css';
import { t } from '@/i18n';

interface Props {
  /** Counted from 1. */
  page: number;
  pageSize: number;
  total: number;
  noun: string;
  onPage: (page: number) => void;
}

export function Pager({ page, pageSize, total, noun, onPage }: Props) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const first = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const last = Math.min(total, page * pageSize);
  const move = (label: string, to: number, disabled: boolean, Icon: typeof IconChevronLeft) => (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      disabled={disabled}
      onClick={() => onPage(to)}
    >
      <Icon size={17} />
    </ActionIcon>
  );
  return (
    <nav className={classes.pager} aria-label={t('pager.label', { noun })}>
      <span>{t('pager.range', { first, last, total, noun })}</span>
      <Group gap={2}>
        {move(t('pager.first'), 1, page <= 1, IconChevronsLeft)}
        {move(t('pager.previous'), page - 1, page <= 1, IconChevronLeft)}
        <span style={{ padding: '0 6px' }}>
          {formatCount(page)} / {formatCount(pages)}
        </span>
        {move(t('pager.next'), page + 1, page >= pages, IconChevronRight)}
        {move(t('pager.last'), pages, page >= pages, IconChevronsRight)}
      </Group>
    </nav>
  );
}
