import { Modal, TextInput } from '@mantine/core';
import { IconClipboard, IconSearch } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import type { ActivityKind } from '@/api/types';
import { KindButton } from '@/canvas/Palette';
import { paletteSections } from '@/canvas/edit/palette';
import { t } from '@/i18n';
import classes from '@/canvas/canvas.module.css';

const PASTE = 'paste';

interface Props {
  kinds: ActivityKind[];
  /** Where it will be put, in words. */
  where: string;
  /** How many activities were copied and could be pasted here. */
  copied: number;
  onPick: (kind: string) => void;
  onPaste: () => void;
  onClose: () => void;
}

/** The list that a plus opens: type to find, arrows to choose, Enter to put. */
export function AddMenu({ kinds, where, copied, onPick, onPaste, onClose }: Props) {
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const sections = paletteSections(kinds, search);
  const pasting = copied > 0 && search === '' ? [PASTE] : [];
  const choices = [...pasting, ...sections.flatMap((each) => each.kinds.map(({ kind }) => kind))];
  const chosen = choices[Math.min(active, choices.length - 1)];
  const optionId = (choice: string) => `${listId}-${choice}`;

  const pick = (choice: string | undefined) => {
    if (choice === PASTE) onPaste();
    else if (choice !== undefined) onPick(choice);
  };
  const move = (step: number) => {
    const next = (active + step + choices.length) % Math.max(1, choices.length);
    setActive(next);
    const choice = choices[next];
    if (choice !== undefined) {
      document.getElementById(optionId(choice))?.scrollIntoView({ block: 'nearest' });
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) move(step);
    else if (event.key === 'Enter') pick(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <Modal opened onClose={onClose} title={where} size={460} centered={false} yOffset="12vh">
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen === undefined ? undefined : optionId(chosen)}
        aria-label={t('palette.search')}
        placeholder={t('palette.search')}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={({ currentTarget }) => {
          setSearch(currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label={t('palette.kinds')} className={classes.addList}>
        {pasting.length > 0 && (
          <button
            type="button"
            id={optionId(PASTE)}
            role="option"
            tabIndex={-1}
            aria-selected={chosen === PASTE}
            data-active={chosen === PASTE}
            className={classes.kindButton}
            onClick={onPaste}
          >
            <span className={classes.kindIcon} aria-hidden>
              <IconClipboard size={17} stroke={1.7} />
            </span>
            {t('canvas.paste', { n: copied })}
          </button>
        )}
        {sections.map((section) => (
          <div key={section.category} role="group" aria-label={t(`category.${section.category}`)}>
            <h3 aria-hidden>{t(`category.${section.category}`)}</h3>
            {section.kinds.map((kind) => (
              <KindButton
                key={kind.kind}
                id={optionId(kind.kind)}
                kind={kind}
                summary
                active={kind.kind === chosen}
                onClick={() => onPick(kind.kind)}
                onHover={() => setActive(choices.indexOf(kind.kind))}
              />
            ))}
          </div>
        ))}
        {choices.length === 0 && <p className={classes.kindSummary}>{t('palette.nothing')}</p>}
      </div>
    </Modal>
  );
}
