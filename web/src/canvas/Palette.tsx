import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { ActivityKind } from '@/api/types';
import { DRAGGED_KIND } from '@/canvas/EditCanvas';
import { paletteSections } from '@/canvas/edit/palette';
import { categoryTone, kindLabel, kindLook } from '@/canvas/kinds';
import { t, tServer } from '@/i18n';
import { toneStyle } from '@/ui/tone';
import classes from '@/canvas/canvas.module.css';

interface Props {
  kinds: ActivityKind[];
  onPick: (kind: string) => void;
}

/** All kinds of activities, to be dragged onto the canvas or put behind what is selected. */
export function Palette({ kinds, onPick }: Props) {
  const [search, setSearch] = useState('');
  return (
    <aside className={classes.palette} aria-label={t('palette.label')}>
      <div className={classes.paletteHead}>
        <TextInput
          size="xs"
          type="search"
          aria-label={t('palette.search')}
          placeholder={t('palette.search')}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      </div>
      <div
        className={classes.paletteBody}
        tabIndex={0}
        role="region"
        aria-label={t('palette.kinds')}
      >
        {paletteSections(kinds, search).map((section) => (
          <section key={section.category}>
            <h3>{t(`category.${section.category}`)}</h3>
            {section.kinds.map((kind) => (
              <KindButton
                key={kind.kind}
                kind={kind}
                draggable
                title={tServer(kind.summary)}
                onClick={() => onPick(kind.kind)}
              />
            ))}
          </section>
        ))}
      </div>
    </aside>
  );
}

interface ButtonProps {
  kind: ActivityKind;
  title?: string;
  draggable?: boolean;
  active?: boolean;
  summary?: boolean;
  id?: string;
  onClick: () => void;
  onHover?: () => void;
}

export function KindButton({ kind, summary = false, ...props }: ButtonProps) {
  const { Icon } = kindLook(kind.kind, [kind]);
  return (
    <button
      type="button"
      id={props.id}
      className={classes.kindButton}
      style={toneStyle(categoryTone(kind.category))}
      title={props.title}
      tabIndex={summary ? -1 : 0}
      role={summary ? 'option' : undefined}
      aria-selected={summary ? props.active === true : undefined}
      data-active={props.active}
      draggable={props.draggable}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED_KIND, kind.kind);
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onMouseMove={props.onHover}
      onClick={props.onClick}
    >
      <span className={classes.kindIcon} aria-hidden>
        <Icon size={17} stroke={1.7} />
      </span>
      <span className={classes.kindWords}>
        {kindLabel(kind.kind, kind)}
        {summary && <span className={classes.kindSummary}>{tServer(kind.summary)}</span>}
      </span>
    </button>
  );
}
