/**
 * Designs to start from. Each is MJML with all its looks on the components themselves, so that the designer shows what
 * mail programs will. Pure but for the words.
 */
import type { Message } from '@/api/contents';
import { formatMjml } from '@/mail/designerText';
import { t, type WordKey } from '@/i18n';

export const DESIGNS = [
  'newsletter',
  'promotion',
  'welcome',
  'receipt',
  'reminder',
  'letter',
] as const;
export type Design = (typeof DESIGNS)[number];

const INK = '#1d1f23';
const MUTED = '#5c6067';
const PAGE = '#f4f2ed';
const PAPER = '#ffffff';
const LINE = '#e6e2da';
const FONT = 'Helvetica, Arial, sans-serif';

interface Look {
  accent: string;
  soft: string;
}
const LOOKS: Record<Design, Look> = {
  newsletter: { accent: '#1b6771', soft: '#e2eff0' },
  promotion: { accent: '#a52f5c', soft: '#fae6ee' },
  welcome: { accent: '#22663a', soft: '#e2f1e6' },
  receipt: { accent: '#2a5c9a', soft: '#e6eefa' },
  reminder: { accent: '#7d5000', soft: '#fbeed2' },
  letter: { accent: '#1b6771', soft: '#e2eff0' },
};

/** A message to start with. `name` greets whoever reads it, such as `{{ first_name | default('there') }}`. */
export function designMessage(design: Design, name: string): Message {
  const word = (part: string) => t(`design.${design}.${part}` as WordKey, { name });
  const make = { newsletter, promotion, welcome, receipt, reminder, letter }[design];
  return {
    subject: word('subject'),
    preheader: word('preheader'),
    mjml: formatMjml(page(word, LOOKS[design], make(word, LOOKS[design]))),
  };
}

type Word = (part: string) => string;

function page(word: Word, look: Look, sections: string): string {
  const head = `<mj-head><mj-title>${word('subject')}</mj-title><mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw></mj-head>`;
  const masthead = section(
    text(t('design.shop'), { size: 18, color: look.accent, weight: 700, align: 'left' }),
    { padding: '22px 8px 14px' },
  );
  const foot = section(
    text(t('design.why'), { size: 12, color: MUTED, align: 'center' }) +
      text(
        `<a href="{{ unsubscribe_url }}" style="color:${MUTED}">${t('design.unsubscribe')}</a>`,
        {
          size: 12,
          color: MUTED,
          align: 'center',
        },
      ),
    { padding: '18px 8px 30px' },
  );
  return `<mjml>${head}<mj-body background-color="${PAGE}" width="600px">${masthead}${sections}${foot}</mj-body></mjml>`;
}

function newsletter(word: Word, look: Look): string {
  const story = (n: number) =>
    column(
      text(word(`story${n}`), { size: 17, weight: 700 }) +
        text(word(`story${n}Text`)) +
        text(`<a href="https://shop.example/" style="color:${look.accent}">${word('more')}</a>`),
      '50%',
    );
  return (
    section(
      text(word('title'), { size: 30, weight: 700, color: PAPER, line: 1.2 }) +
        text(word('lead'), { size: 16, color: PAPER }),
      { background: look.accent, padding: '34px 8px' },
    ) +
    columns(story(1) + story(2)) +
    section(divider(), { background: PAPER, padding: '0 8px' }) +
    section(
      text(word('tip'), { size: 17, weight: 700 }) +
        text(word('tipText')) +
        button(word('action'), look),
      { background: PAPER },
    )
  );
}

function promotion(word: Word, look: Look): string {
  return (
    section(
      text(word('kicker'), { size: 14, weight: 700, color: look.accent, align: 'center' }) +
        text(word('title'), { size: 44, weight: 700, align: 'center', line: 1.1 }) +
        text(word('lead'), { size: 16, align: 'center' }) +
        button(word('action'), look, 'center') +
        text(word('code'), { size: 14, color: MUTED, align: 'center' }),
      { background: look.soft, padding: '40px 8px' },
    ) +
    columns(
      [1, 2, 3]
        .map((n) =>
          column(
            text(word(`why${n}`), { size: 16, weight: 700, align: 'center' }) +
              text(word(`why${n}Text`), { size: 14, align: 'center' }),
            '33.33%',
          ),
        )
        .join(''),
    )
  );
}

function welcome(word: Word, look: Look): string {
  const step = (n: number) =>
    columns(
      column(
        text(String(n), { size: 26, weight: 700, color: look.accent, align: 'center' }),
        '18%',
      ) +
        column(
          text(word(`step${n}`), { size: 16, weight: 700, padding: '8px 24px 0' }) +
            text(word(`step${n}Text`), { size: 14, padding: '2px 24px 8px' }),
          '82%',
        ),
      '4px 8px',
    );
  return (
    section(
      text(word('title'), { size: 30, weight: 700, line: 1.2 }) + text(word('lead'), { size: 16 }),
      {
        background: PAPER,
        padding: '32px 8px 12px',
      },
    ) +
    step(1) +
    step(2) +
    step(3) +
    section(button(word('action'), look), { background: PAPER, padding: '10px 8px 30px' })
  );
}

function receipt(word: Word, look: Look): string {
  const cell = 'padding:8px 0;border-bottom:1px solid #e6e2da';
  const row = (label: string, amount: string) =>
    `<tr><td style="${cell}">${label}</td><td style="${cell};text-align:right">${amount}</td></tr>`;
  const table =
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="font-size:15px;color:${INK}">` +
    row(word('item1'), '24.00') +
    row(word('item2'), '8.50') +
    row(`<b>${word('total')}</b>`, '<b>32.50</b>') +
    '</table>';
  return (
    section(text(word('title'), { size: 26, weight: 700, line: 1.2 }) + text(word('lead')), {
      background: PAPER,
      padding: '30px 8px 6px',
    }) +
    section(text(table), { background: PAPER, padding: '6px 8px' }) +
    columns(
      column(text(word('to'), { size: 13, color: MUTED }) + text(word('toText')), '50%') +
        column(text(word('when'), { size: 13, color: MUTED }) + text(word('whenText')), '50%'),
    ) +
    section(button(word('action'), look), { background: PAPER, padding: '6px 8px 30px' })
  );
}

function reminder(word: Word, look: Look): string {
  return (
    section(
      text(word('title'), { size: 26, weight: 700, line: 1.2 }) + text(word('lead'), { size: 16 }),
      { background: PAPER, padding: '30px 8px 8px' },
    ) +
    section(
      text(word('when'), { size: 13, color: look.accent, weight: 700, align: 'center' }) +
        text(word('date'), { size: 24, weight: 700, align: 'center' }),
      { background: look.soft, padding: '18px 8px' },
    ) +
    section(text(word('text')) + button(word('action'), look), { background: PAPER })
  );
}

function letter(word: Word): string {
  return section(
    text(word('hello'), { size: 16 }) +
      text(word('text1'), { size: 16 }) +
      text(word('text2'), { size: 16 }) +
      text(word('bye'), { size: 16 }),
    { background: PAPER, padding: '28px 8px' },
  );
}

interface TextLook {
  size?: number;
  color?: string;
  weight?: number;
  align?: string;
  line?: number;
  padding?: string;
}

function text(words: string, look: TextLook = {}): string {
  const { size = 15, color = INK, weight = 400, align = 'left', line = 1.55 } = look;
  const { padding = '8px 24px' } = look;
  return `<mj-text font-family="${FONT}" font-size="${size}px" font-weight="${weight}" color="${color}" align="${align}" line-height="${line}" padding="${padding}">${words}</mj-text>`;
}

function button(words: string, { accent }: Look, align = 'left'): string {
  return `<mj-button href="https://shop.example/" background-color="${accent}" color="${PAPER}" font-family="${FONT}" font-size="16px" font-weight="700" border-radius="8px" inner-padding="13px 26px" align="${align}" padding="14px 24px">${words}</mj-button>`;
}

function divider(): string {
  return `<mj-divider border-color="${LINE}" border-width="1px" padding="10px 24px"></mj-divider>`;
}

function section(content: string, look: { background?: string; padding?: string } = {}): string {
  const { background, padding = '18px 8px' } = look;
  const colour = background === undefined ? '' : ` background-color="${background}"`;
  return `<mj-section${colour} padding="${padding}"><mj-column>${content}</mj-column></mj-section>`;
}

function columns(content: string, padding = '18px 8px'): string {
  return `<mj-section background-color="${PAPER}" padding="${padding}">${content}</mj-section>`;
}

function column(content: string, width: string): string {
  return `<mj-column width="${width}">${content}</mj-column>`;
}

/** What a row is called by, as far as it is known: the first of these fields that there is. */
const FIRST_NAMES = ['first_name', 'firstname', 'given_name', 'name'];

/** How a message calls whoever reads it. */
export function greeting(paths: string[]): string {
  const field = FIRST_NAMES.find((name) => paths.includes(name));
  return field === undefined
    ? t('design.there')
    : `{{ ${field} | default('${t('design.there')}') }}`;
}
