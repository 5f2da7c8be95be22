/** What a new campaign starts with. Pure. */
import type { ActivityDocument, CampaignDocument, TransitionDocument } from '@/api/types';

export const STARTERS = ['blank', 'mailing', 'ab-test', 'exclude'] as const;
export type Starter = (typeof STARTERS)[number];

export interface Known {
  dimension: string;
  /** The e-mail channel to begin with, if there is one. */
  channel: string | undefined;
  words: Record<
    'everyone' | 'without' | 'target' | 'mail' | 'mailA' | 'mailB' | 'split' | 'unique' | 'end',
    string
  >;
}

/** A campaign that is right from the start: everything that it names is there. */
export function starterCampaign(
  starter: Starter,
  name: string,
  label: string,
  known: Known,
): CampaignDocument {
  const { activities, transitions } = canvasOf(starter, known);
  return {
    kind: 'campaign',
    name,
    label,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    canvas: { activities, transitions },
  };
}

function canvasOf(
  starter: Starter,
  { dimension, channel, words }: Known,
): { activities: ActivityDocument[]; transitions: TransitionDocument[] } {
  const audience: ActivityDocument = {
    id: 'audience',
    type: 'build-audience',
    label: words.everyone,
    dimension,
    where: { combinator: 'and', rules: [] },
  };
  const end: ActivityDocument = { id: 'end', type: 'end', label: words.end };
  const mail = (id: string, label: string): ActivityDocument => ({
    id,
    type: 'email',
    label,
    channel: channel ?? '',
    subject: '…',
    html: '<p>…</p>',
    send: 'hold',
  });
  if (starter === 'blank' || channel === undefined) {
    return { activities: [audience, end], transitions: [{ from: 'audience', to: 'end' }] };
  }
  switch (starter) {
    case 'mailing':
      return {
        activities: [audience, mail('mail', words.mail), end],
        transitions: [
          { from: 'audience', to: 'mail' },
          { from: 'mail', to: 'end' },
        ],
      };
    case 'ab-test': {
      const subsets = [
        { id: 'a', label: 'A', limit: { percent: 50 } },
        { id: 'b', label: 'B' },
      ];
      return {
        activities: [
          audience,
          { id: 'test', type: 'split', label: words.split, subsets },
          mail('mail_a', words.mailA),
          mail('mail_b', words.mailB),
          end,
        ],
        transitions: [
          { from: 'audience', to: 'test' },
          { from: 'test.a', to: 'mail_a' },
          { from: 'test.b', to: 'mail_b' },
          { from: 'mail_a', to: 'end' },
          { from: 'mail_b', to: 'end' },
        ],
      };
    }
    case 'exclude': {
      const without = { ...audience, id: 'without', label: words.without, when_empty: 'continue' };
      return {
        activities: [
          audience,
          without,
          {
            id: 'target',
            type: 'combine',
            label: words.target,
            operation: 'exclusion',
            primary: 'audience',
          },
          mail('mail', words.mail),
          end,
        ],
        transitions: [
          { from: 'audience', to: 'target' },
          { from: 'without', to: 'target' },
          { from: 'target', to: 'mail' },
          { from: 'mail', to: 'end' },
        ],
      };
    }
  }
}
