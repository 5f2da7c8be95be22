/** The designer itself: GrapesJS with MJML's components, without any of its own panels. */
import grapesjs, { type Component, type Editor } from 'grapesjs';
import mjmlModule from 'grapesjs-mjml';
import 'grapesjs/dist/css/grapes.min.css';
import type { DesignerText } from '@/mail/designerText';

export type DesignerEditor = Editor;
export type DesignerComponent = Component;

/** The plugin is a CommonJS module, whose default export bundlers put in different places. */
const mjmlPlugin =
  typeof mjmlModule === 'function'
    ? mjmlModule
    : (mjmlModule as { default: typeof mjmlModule }).default;

/** What stands in the designer for Jinja between components. */
export const JINJA = 'mj-jinja';
/** Components that hold others. */
export const CONTAINERS = [
  'mj-body',
  'mj-wrapper',
  'mj-section',
  'mj-group',
  'mj-column',
  'mj-hero',
];
/** The width, in pixels, at which mail programs on phones draw. */
export const PHONE_PX = 375;
const TYPES = [
  'mj-wrapper',
  'mj-section',
  'mj-group',
  'mj-column',
  'mj-text',
  'mj-button',
  'mj-image',
  'mj-divider',
  'mj-spacer',
  'mj-social',
  'mj-social-element',
  'mj-navbar',
  'mj-navbar-link',
  'mj-hero',
];

/** How letters look, as browsers call it, each with its sign. */
const STYLES = [
  ['bold', '<b>B</b>'],
  ['italic', '<i>I</i>'],
  ['underline', '<u>U</u>'],
  ['strikethrough', '<s>S</s>'],
] as const;
export type LetterStyle = (typeof STYLES)[number][0];

interface Names {
  /** What a kind of component is called. */
  component: (type: string) => string;
  style: (style: LetterStyle) => string;
  link: string;
  insertField: string;
  /** Opens the list of fields; what is chosen is written where the cursor is. */
  onInsertField: (insert: (text: string) => void) => void;
}

export function makeDesigner(container: HTMLElement, names: Names): DesignerEditor {
  return grapesjs.init({
    container,
    height: '100%',
    width: 'auto',
    telemetry: false,
    // Icons are the app's own; these would be fetched from elsewhere.
    cssIcons: '',
    storageManager: false,
    noticeOnUnload: false,
    fromElement: false,
    log: false,
    panels: { defaults: [] },
    blockManager: { custom: true },
    layerManager: { custom: true },
    styleManager: { custom: true },
    traitManager: { custom: true },
    selectorManager: { custom: true },
    assetManager: { custom: true, upload: false },
    modal: { custom: true },
    deviceManager: {
      devices: [
        { id: 'desktop', name: 'desktop', width: '' },
        { id: 'phone', name: 'phone', width: `${PHONE_PX}px`, widthMedia: '480px' },
      ],
    },
    canvasCss: `.tutti-jinja{display:block;margin:4px 8px;padding:3px 9px;border:1px dashed #8a6a1f;border-radius:6px;
      background:#fbeed2;color:#5f3d00;font:12px/1.5 ui-monospace,monospace;text-align:left;white-space:nowrap;
      overflow:hidden;text-overflow:ellipsis}`,
    plugins: [
      (editor) =>
        mjmlPlugin(editor, {
          blocks: [],
          // No fonts of the plugin's own choice, which it would load from elsewhere.
          fonts: { none: 'data:text/css,' },
          resetStyleManager: false,
          resetDevices: false,
          overwriteExport: false,
          useCustomTheme: false,
          columnsPadding: '',
          customComponents: [trueDefaults, (each) => addJinja(each, names)],
        }),
      (editor) => addActions(editor, names),
    ],
  });
}

/** The components of a message in place of those that are shown. */
export function showText(editor: DesignerEditor, { body }: DesignerText): void {
  editor.setComponents(`<mjml>${body}</mjml>`);
  editor.UndoManager.clear();
}

/** The body of the message that is shown. */
export function shownText(editor: DesignerEditor): string {
  const body = editor.getWrapper()?.findType('mj-body')[0];
  return body === undefined ? '<mj-body></mj-body>' : body.toHTML();
}

/** Values that the plugin gives components without being asked differ from those that MJML has. */
function trueDefaults(editor: DesignerEditor): void {
  for (const type of TYPES) {
    editor.Components.addType(type, { model: { defaults: { 'style-default': {} } } });
  }
}

/** Conditions and loops between components, as chips. */
function addJinja(editor: DesignerEditor, names: Names): void {
  const code = (component: DesignerComponent) =>
    decodeURIComponent(String(component.getAttributes().code ?? ''));
  editor.Components.addType(JINJA, {
    isComponent: (element) => element.tagName?.toLowerCase() === JINJA,
    model: {
      defaults: {
        tagName: JINJA,
        name: names.component(JINJA),
        droppable: false,
        draggable: false,
        stylable: false,
        highlightable: true,
      },
      toHTML(this: DesignerComponent) {
        return code(this);
      },
    },
    view: {
      tagName(this: { model: DesignerComponent }) {
        return this.model.parent()?.get('type') === 'mj-column' ? 'tr' : 'div';
      },
      onRender({ el, model }: { el: HTMLElement; model: DesignerComponent }) {
        const chip = el.ownerDocument.createElement('span');
        chip.className = 'tutti-jinja';
        chip.textContent = code(model);
        if (el.tagName === 'TR') {
          const cell = el.ownerDocument.createElement('td');
          cell.append(chip);
          el.replaceChildren(cell);
        } else el.replaceChildren(chip);
      },
    },
  });
}

/** The bar above a text that is being written: how letters look, a link, and a field. */
function addActions(editor: DesignerEditor, names: Names): void {
  const { RichTextEditor } = editor;
  RichTextEditor.remove('link');
  RichTextEditor.remove('wrap');
  for (const [style, icon] of STYLES) {
    RichTextEditor.remove(style);
    RichTextEditor.add(style, {
      icon,
      attributes: { title: names.style(style) },
      result: (rte) => rte.exec(style),
    });
  }
  RichTextEditor.add('link', {
    icon: '🔗',
    attributes: { title: names.link },
    result: (rte) => {
      const { anchorNode } = rte.selection() ?? {};
      const within = anchorNode?.parentElement?.closest('a');
      if (within) return rte.exec('unlink');
      rte.insertHTML('<a href="https://">{}</a>'.replace('{}', String(rte.selection())), {
        select: true,
      });
    },
  });
  RichTextEditor.add('field', {
    icon: '{ }',
    attributes: { title: names.insertField },
    result: (rte) => names.onInsertField((text) => rte.insertHTML(text)),
  });
}
