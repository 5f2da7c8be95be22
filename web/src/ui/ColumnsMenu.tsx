import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns } from '@tabler/icons-react';
import { t } from '@/i18n';

interface Named {
  id: string;
  label: string;
}
export interface ColumnChoice {
  shown: (id: string) => boolean;
  toggle: (id: string) => void;
}

/** Which columns of a list are shown, kept in this browser; `hidden` are not until somebody wants them. */
export function useColumns(list: string, hidden: string[] = []): ColumnChoice {
  const [gone, setGone] = useLocalStorage<string[]>({
    key: `tutti-columns-${list}`,
    defaultValue: hidden,
    getInitialValueInEffect: false,
  });
  return {
    shown: (id) => !gone.includes(id),
    toggle: (id) =>
      setGone((former) =>
        former.includes(id) ? former.filter((each) => each !== id) : [...former, id],
      ),
  };
}

/** Chooses the columns of a list. */
export function ColumnsMenu({ columns, choice }: { columns: Named[]; choice: ColumnChoice }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('word.columns')}>
          <ActionIcon variant="default" size={36} aria-label={t('word.columns')}>
            <IconColumns size={17} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map(({ id, label }) => (
          <Menu.CheckboxItem key={id} checked={choice.shown(id)} onChange={() => choice.toggle(id)}>
            {label}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
