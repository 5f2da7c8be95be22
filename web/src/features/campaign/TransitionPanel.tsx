import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTable, IconUnlink, IconX } from '@tabler/icons-react';
import { useCanvasActions } from '@/canvas/edit/actions';
import {
  disconnect,
  findTransition,
  labelTransition,
  type TransitionRef,
} from '@/canvas/edit/document';
import { activityLabel } from '@/canvas/edit/words';
import { portLabel } from '@/canvas/ports';
import { isNamedPort } from '@/canvas/graph';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';
import panel from '@/features/campaign/campaign.module.css';

interface Props {
  editor: Editor;
  transition: TransitionRef;
  onClose: () => void;
  /** Shows the rows that went over it in the run that is shown. */
  onRows: (() => void) | undefined;
}

/** One transition: its name, what can be put on it, and its end. */
export function TransitionPanel({ editor, transition, onClose, onRows }: Props) {
  const actions = useCanvasActions();
  const found = findTransition(editor.document, transition);
  if (found === undefined) return null;
  const find = (id: string) => editor.document.canvas.activities.find((each) => each.id === id);
  const name = (id: string) => {
    const activity = find(id);
    return activity === undefined ? id : activityLabel(activity);
  };
  const port = portLabel(find(transition.activity), transition.port);
  const title = t('canvas.transition', {
    from: name(transition.activity),
    to: name(transition.to),
  });
  const shape = editor.check.shapes[transition.activity]?.[transition.port];
  return (
    <aside className={panel.panel} aria-label={title}>
      <header className={panel.panelHead}>
        <div className={panel.panelWords}>
          <h2 className={panel.panelTitle}>{title}</h2>
          {isNamedPort(transition.port) && (
            <div className={panel.panelKind}>{t('panel.port', { port })}</div>
          )}
        </div>
        <ActionIcon variant="subtle" color="gray" aria-label={t('panel.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <div className={`${panel.panelBody} ${classes.stack} ${classes.padded}`}>
        <TextInput
          size="xs"
          label={t('panel.label')}
          value={found.label ?? ''}
          onChange={({ currentTarget: { value } }) =>
            editor.change((former) => labelTransition(former, transition, value), 'transition')
          }
        />
        {shape !== undefined && (
          <p className={panel.summary}>
            {t('panel.carries', { dimension: shape.dimension })}
            {shape.added.length > 0 &&
              ` ${t('panel.carriesColumns', { columns: shape.added.map((each) => each.name).join(', ') })}`}
          </p>
        )}
        {onRows !== undefined && (
          <Button variant="default" leftSection={<IconTable size={15} />} onClick={onRows}>
            {t('panel.rows')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={() => actions.add({ kind: 'on', transition })}
        >
          {t('canvas.insertHere')}
        </Button>
        <Button
          variant="default"
          color="red"
          leftSection={<IconUnlink size={15} />}
          onClick={() => {
            editor.change((former) => disconnect(former, transition));
            onClose();
          }}
        >
          {t('panel.cutThis')}
        </Button>
      </div>
    </aside>
  );
}
