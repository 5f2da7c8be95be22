import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { t } from '@/i18n';
import type { Deed } from '@/rules/arrange';
import { PART_KEYS, type PartDeed } from '@/rules/PartHandle';
import classes from '@/rules/rules.module.css';

export interface Arranging {
  /** Whether a deed changes anything. */
  can: (deed: Deed) => boolean;
  onDeed: (deed: PartDeed) => void;
}

interface Props extends Arranging {
  isWhole: boolean;
  isCollapsed: boolean;
  onCollapse: () => void;
  /** Of all groups, from the menu of the whole rule. */
  onCollapseAll: (collapsed: boolean) => void;
}

const OF_GROUP: Deed[] = ['up', 'down', 'in', 'out', 'wrap', 'unwrap', 'duplicate'];
const OF_WHOLE: Deed[] = ['wrap', 'unwrap'];

/** What can be done with a group, and with the whole rule. */
export function GroupMenu(props: Props) {
  const { isWhole, isCollapsed, can, onDeed, onCollapse, onCollapseAll } = props;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={isWhole ? t('rules.moreWhole') : t('rules.moreGroup')}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ArrangeItems deeds={isWhole ? OF_WHOLE : OF_GROUP} can={can} onDeed={onDeed} />
        <Menu.Divider />
        {isWhole ? (
          <>
            <Menu.Item onClick={() => onCollapseAll(true)}>{t('rules.collapseAll')}</Menu.Item>
            <Menu.Item onClick={() => onCollapseAll(false)}>{t('rules.expandAll')}</Menu.Item>
          </>
        ) : (
          <Menu.Item onClick={onCollapse}>
            {isCollapsed ? t('rules.expand') : t('rules.collapse')}
          </Menu.Item>
        )}
        <Keyed deed="copy" isShown={!isWhole} onDeed={onDeed} />
        <Keyed deed="paste" isShown={!isWhole} onDeed={onDeed} />
        <Menu.Divider />
        <Keyed deed="clear" isShown={!isWhole} isOff={!can('clear')} onDeed={onDeed} />
        {!isWhole && <Keyed deed="remove" isShown onDeed={onDeed} />}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The items that put a part elsewhere, with their keys. */
export function ArrangeItems({ deeds, can, onDeed }: Arranging & { deeds: Deed[] }) {
  return deeds.map((deed) => (
    <Keyed key={deed} deed={deed} isShown isOff={!can(deed)} onDeed={onDeed} />
  ));
}

/** An item with its key beside it, where it has a handle that hears the key. */
export function Keyed({
  deed,
  isShown,
  isOff = false,
  onDeed,
}: {
  deed: PartDeed;
  isShown: boolean;
  isOff?: boolean;
  onDeed: (deed: PartDeed) => void;
}) {
  const isRed = deed === 'remove' || deed === 'clear';
  return (
    <Menu.Item
      {...(isRed && { color: 'red' })}
      disabled={isOff}
      onClick={() => onDeed(deed)}
      rightSection={
        isShown ? (
          <kbd className={classes.keys} aria-hidden>
            {PART_KEYS[deed]}
          </kbd>
        ) : undefined
      }
    >
      {t(`rules.deed.${deed}`)}
    </Menu.Item>
  );
}
