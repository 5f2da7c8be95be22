import { ActionIcon, Group } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconChevronsLeft,
  IconChevronsRight,
} from '@tabler/icons-react';
import { formatCount } from '@/ui/format';
import classes from '@/ui/ui.module.css';

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
    <nav className={classes.pager} aria-label={`Pages of ${noun}`}>
      <span>
        {formatCount(first)}–{formatCount(last)} of {formatCount(total)} {noun}
      </span>
      <Group gap={2}>
        {move('First page', 1, page <= 1, IconChevronsLeft)}
        {move('Previous page', page - 1, page <= 1, IconChevronLeft)}
        <span style={{ padding: '0 6px' }}>
          {formatCount(page)} / {formatCount(pages)}
        </span>
        {move('Next page', page + 1, page >= pages, IconChevronRight)}
        {move('Last page', pages, page >= pages, IconChevronsRight)}
      </Group>
    </nav>
  );
}
