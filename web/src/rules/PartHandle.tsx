import { IconGripVertical } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { t } from '@/i18n';
import type { Deed } from '@/rules/arrange';
import classes from '@/rules/rules.module.css';

/** What is done with a part by keys while its handle has the focus. */
export type PartDeed = Deed | 'copy' | 'paste';

/** The keys of a part, as menus show them. */
export const PART_KEYS: Partial<Record<PartDeed, string>> = {
  up: 'Alt ↑',
  down: 'Alt ↓',
  in: 'Alt →',
  out: 'Alt ←',
  wrap: 'Ctrl G',
  unwrap: 'Ctrl Shift G',
  duplicate: 'Ctrl D',
  copy: 'Ctrl C',
  paste: 'Ctrl V',
  remove: 'Del',
  clear: 'Shift Del',
};

const WITH_ALT: Record<string, PartDeed> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowRight: 'in',
  ArrowLeft: 'out',
};
const WITH_CONTROL: Record<string, PartDeed> = { g: 'wrap', d: 'duplicate', c: 'copy', v: 'paste' };

interface Props {
  /** Which part, for whoever looks for its handle. */
  part: string | undefined;
  isGroup: boolean;
  onDeed: (deed: PartDeed) => void;
  onDrag: () => void;
  onDragEnd: () => void;
}

/** Where a part is taken to be dragged, or to be arranged by keys. */
export function PartHandle({ part, isGroup, onDeed, onDrag, onDragEnd }: Props) {
  return (
    <button
      type="button"
      draggable
      className={classes.handle}
      data-part-handle={part}
      aria-label={isGroup ? t('rules.handleGroup') : t('rules.handleCondition')}
      title={t('rules.handleHelp')}
      onKeyDown={(event) => {
        const deed = deedOfKey(event);
        if (deed === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onDeed(deed);
      }}
      onDragStart={({ dataTransfer }) => {
        dataTransfer.effectAllowed = 'move';
        // Firefox drags nothing that has no data.
        dataTransfer.setData('text/plain', '');
        onDrag();
      }}
      onDragEnd={onDragEnd}
    >
      <IconGripVertical size={14} aria-hidden />
    </button>
  );
}

export function deedOfKey(
  event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
): PartDeed | undefined {
  const { key, altKey, shiftKey } = event;
  if (altKey) return WITH_ALT[key];
  if (event.ctrlKey || event.metaKey) {
    const letter = key.toLowerCase();
    if (!shiftKey) return WITH_CONTROL[letter];
    return letter === 'g' ? 'unwrap' : undefined;
  }
  if (key === 'Delete' || key === 'Backspace') return shiftKey ? 'clear' : 'remove';
  return undefined;
}

/** Goes to the handle of a part once it stands at its place. */
export function focusHandle(part: string | undefined): void {
  if (part === undefined) return;
  setTimeout(() =>
    document.querySelector<HTMLElement>(`[data-part-handle="${CSS.escape(part)}"]`)?.focus(),
  );
}
