/** What can be set of each kind of component: the attributes of MJML that people ask for. Pure. */
import type { WordKey } from '@/i18n';

export type PropertyKind =
  'text' | 'address' | 'colour' | 'size' | 'align' | 'vertical' | 'font' | 'weight' | 'number';
export interface Property {
  name: string;
  label: WordKey;
  kind: PropertyKind;
  /** What MJML takes where nothing is set. */
  usual?: string;
}

const property = (name: string, word: string, kind: PropertyKind, usual?: string): Property => ({
  name,
  label: `designer.property.${word}` as WordKey,
  kind,
  ...(usual !== undefined && { usual }),
});

const BACKGROUND = property('background-color', 'background', 'colour');
const COLOUR = property('color', 'colour', 'colour', '#000000');
const PADDING = property('padding', 'padding', 'size', '10px 25px');
const ALIGN = property('align', 'align', 'align', 'left');
const FONT = property('font-family', 'font', 'font', 'Ubuntu, Helvetica, Arial, sans-serif');
const SIZE = property('font-size', 'fontSize', 'size', '13px');
const WEIGHT = property('font-weight', 'weight', 'weight', '400');
const LINE = property('line-height', 'lineHeight', 'number', '1');
const HREF = property('href', 'link', 'address');
const SRC = property('src', 'image', 'address');
const ALT = property('alt', 'alt', 'text');
const WIDTH = property('width', 'width', 'size');
const RADIUS = property('border-radius', 'radius', 'size', '0');

const PROPERTIES: Record<string, Property[]> = {
  'mj-body': [BACKGROUND, property('width', 'width', 'size', '600px')],
  'mj-wrapper': [BACKGROUND, property('padding', 'padding', 'size', '20px 0')],
  'mj-section': [
    BACKGROUND,
    property('background-url', 'backgroundImage', 'address'),
    property('padding', 'padding', 'size', '20px 0'),
    property('text-align', 'align', 'align', 'center'),
    RADIUS,
  ],
  'mj-column': [
    WIDTH,
    BACKGROUND,
    property('padding', 'padding', 'size', '0'),
    property('vertical-align', 'vertical', 'vertical', 'top'),
    RADIUS,
  ],
  'mj-text': [COLOUR, SIZE, WEIGHT, FONT, ALIGN, LINE, PADDING],
  'mj-button': [
    HREF,
    property('background-color', 'background', 'colour', '#414141'),
    property('color', 'colour', 'colour', '#ffffff'),
    SIZE,
    WEIGHT,
    FONT,
    property('align', 'align', 'align', 'center'),
    property('border-radius', 'radius', 'size', '3px'),
    property('inner-padding', 'innerPadding', 'size', '10px 25px'),
    PADDING,
    WIDTH,
  ],
  'mj-image': [
    SRC,
    ALT,
    HREF,
    WIDTH,
    property('align', 'align', 'align', 'center'),
    RADIUS,
    PADDING,
  ],
  'mj-divider': [
    property('border-color', 'colour', 'colour', '#000000'),
    property('border-width', 'thickness', 'size', '4px'),
    property('width', 'width', 'size', '100%'),
    PADDING,
  ],
  'mj-spacer': [property('height', 'height', 'size', '20px')],
  'mj-hero': [
    property('background-url', 'backgroundImage', 'address'),
    BACKGROUND,
    property('height', 'height', 'size', '0px'),
    property('padding', 'padding', 'size', '0px'),
  ],
  'mj-social': [
    property('align', 'align', 'align', 'center'),
    property('icon-size', 'iconSize', 'size', '20px'),
    PADDING,
  ],
  'mj-social-element': [HREF, SRC, ALT, COLOUR],
  'mj-navbar': [property('align', 'align', 'align', 'center')],
  'mj-navbar-link': [HREF, COLOUR, SIZE, property('padding', 'padding', 'size', '15px 10px')],
};

export function propertiesOf(type: string): Property[] {
  return PROPERTIES[type] ?? [];
}

export const BLOCKS = [
  'text',
  'button',
  'image',
  'divider',
  'spacer',
  'one',
  'two',
  'three',
  'unsubscribe',
] as const;
export type Block = (typeof BLOCKS)[number];
/** Blocks that are sections; the others go into a column. */
export const SECTION_BLOCKS: ReadonlySet<string> = new Set(['one', 'two', 'three']);

export interface BlockWords {
  text: string;
  button: string;
  image: string;
  unsubscribe: string;
}

/** What a block puts into the message. */
export function blockContent(block: Block, words: BlockWords): string {
  const text = `<mj-text font-family="Helvetica, Arial, sans-serif" font-size="15px" line-height="1.55">${words.text}</mj-text>`;
  const section = (count: number) =>
    `<mj-section>${`<mj-column>${text}</mj-column>`.repeat(count)}</mj-section>`;
  switch (block) {
    case 'text':
      return text;
    case 'button':
      return `<mj-button href="https://" background-color="#1b6771" border-radius="8px" font-family="Helvetica, Arial, sans-serif" font-size="16px">${words.button}</mj-button>`;
    case 'image':
      return `<mj-image src="" alt="${words.image}"></mj-image>`;
    case 'divider':
      return '<mj-divider border-color="#e6e2da" border-width="1px"></mj-divider>';
    case 'spacer':
      return '<mj-spacer height="24px"></mj-spacer>';
    case 'one':
      return section(1);
    case 'two':
      return section(2);
    case 'three':
      return section(3);
    case 'unsubscribe':
      return `<mj-text font-family="Helvetica, Arial, sans-serif" font-size="12px" align="center" color="#5c6067"><a href="{{ unsubscribe_url }}">${words.unsubscribe}</a></mj-text>`;
  }
}
