import { SegmentedControl } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { BlockList } from '@/mail/designer/BlockList';
import { componentName } from '@/mail/designer/names';
import { Outline } from '@/mail/designer/Outline';
import { PropertyPanel } from '@/mail/designer/PropertyPanel';
import { BLOCKS, blockContent, SECTION_BLOCKS, type Block } from '@/mail/designer/properties';
import {
  makeDesigner,
  showText,
  shownText,
  type DesignerComponent,
  type DesignerEditor,
} from '@/mail/designer/setup';
import { fromDesigner, toDesigner, type DesignerText } from '@/mail/designerText';
import { t } from '@/i18n';
import classes from '@/mail/designer/designer.module.css';

/** How long nothing changes before the message is written anew. */
const SETTLE_MS = 200;

interface Props {
  mjml: string;
  onChange: (mjml: string) => void;
  /** Opens the list of fields; what is chosen there is handed to `insert`. */
  onInsertField: (insert: (text: string) => void) => void;
  /** Whether there is room for blocks and properties. */
  narrow?: boolean;
}

/** The message as people see it, to be worked on by hand. In step with `mjml`, whoever changes it. */
export default function Designer({ mjml, onChange, onInsertField, narrow = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<DesignerEditor>();
  const [selected, setSelected] = useState<DesignerComponent>();
  const [device, setDevice] = useState('desktop');
  const [, redraw] = useState(0);
  const latest = useRef({ mjml, onChange, onInsertField });
  /** What is shown, as it was written last. */
  const shown = useRef<{ mjml: string; text: DesignerText }>(undefined);
  useEffect(() => {
    latest.current = { mjml, onChange, onInsertField };
  });

  useEffect(() => {
    if (place.current === null) return undefined;
    const made = makeDesigner(place.current, {
      component: componentName,
      style: (style) => t(`designer.${style}`),
      link: t('designer.link'),
      insertField: t('email.insert'),
      onInsertField: (insert) => latest.current.onInsertField(insert),
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      if (shown.current === undefined) return;
      const text = fromDesigner(shownText(made), shown.current.text);
      if (text === shown.current.mjml) return;
      shown.current = { ...shown.current, mjml: text };
      latest.current.onChange(text);
    };
    const settle = () => {
      clearTimeout(timer);
      timer = setTimeout(write, SETTLE_MS);
      redraw((times) => times + 1);
    };
    made.onReady(() => {
      setEditor(made);
      show(made, latest.current.mjml, shown);
      made.on('update', settle);
      made.on('component:selected', setSelected);
      made.on('component:deselected', () => setSelected(made.getSelected()));
    });
    return () => {
      if (timer !== undefined) write();
      clearTimeout(timer);
      made.destroy();
    };
  }, []);

  useEffect(() => {
    if (editor === undefined || mjml === shown.current?.mjml) return;
    show(editor, mjml, shown);
    setSelected(undefined);
  }, [editor, mjml]);
  useEffect(() => {
    editor?.setDevice(device);
  }, [editor, device]);

  const add = useCallback(
    (block: Block) => {
      if (editor === undefined) return;
      const content = blockContent(block, {
        text: t('designer.newText'),
        button: t('designer.newButton'),
        image: t('designer.newImage'),
        unsubscribe: t('design.unsubscribe'),
      });
      const [added] = put(editor, content, SECTION_BLOCKS.has(block), selected);
      if (added !== undefined) editor.select(added);
    },
    [editor, selected],
  );

  return (
    <div className={classes.designer} data-narrow={narrow} data-selected={selected !== undefined}>
      {!narrow && (
        <aside className={classes.side} aria-label={t('designer.parts')}>
          <BlockList blocks={[...BLOCKS]} editor={editor} onAdd={add} />
          {editor !== undefined && <Outline editor={editor} selected={selected} />}
        </aside>
      )}
      <div className={classes.stage}>
        <div className={classes.stageBar}>
          <SegmentedControl
            size="xs"
            aria-label={t('message.width')}
            value={device}
            onChange={setDevice}
            data={[
              { value: 'desktop', label: t('message.desktop') },
              { value: 'phone', label: t('message.phone') },
            ]}
          />
          {!narrow && <span className={classes.hint}>{t('designer.hint')}</span>}
        </div>
        <div ref={place} className={classes.canvas} />
      </div>
      {editor !== undefined && (!narrow || selected !== undefined) && (
        <aside className={classes.side} data-right aria-label={t('designer.properties')}>
          <PropertyPanel
            key={selected?.getId() ?? 'none'}
            editor={editor}
            component={selected}
            onInsertField={onInsertField}
          />
        </aside>
      )}
    </div>
  );
}

function show(
  editor: DesignerEditor,
  mjml: string,
  shown: { current: { mjml: string; text: DesignerText } | undefined },
): void {
  const text = toDesigner(mjml);
  // Set first, so that what the designer reports of its own is no change of somebody's.
  shown.current = { mjml, text };
  showText(editor, text);
}

/** Puts a block behind what is selected, where it may stand. */
function put(
  editor: DesignerEditor,
  content: string,
  isSection: boolean,
  selected: DesignerComponent | undefined,
): DesignerComponent[] {
  const body = editor.getWrapper()?.findType('mj-body')[0];
  if (body === undefined) return [];
  const wanted = isSection ? 'mj-body' : 'mj-column';
  let at = selected;
  while (at !== undefined && at.parent()?.get('type') !== wanted && at.get('type') !== wanted) {
    at = at.parent();
  }
  if (at !== undefined && at.get('type') === wanted) return at.append(content);
  const parent = at?.parent();
  if (at !== undefined && parent !== undefined)
    return parent.append(content, { at: at.index() + 1 });
  if (isSection) return body.append(content);
  const columns = body.findType('mj-column');
  const column = columns.at(-1);
  if (column !== undefined) return column.append(content);
  const [section] = body.append(`<mj-section><mj-column>${content}</mj-column></mj-section>`);
  return section === undefined
    ? []
    : section.findType('mj-column').flatMap((each) => each.components().models);
}
