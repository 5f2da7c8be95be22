/** Ways to mend what is wrong with a campaign, as far as one click can do it. Pure. */
import type { CampaignDocument, ProblemItem } from '@/api/types';
import { activityOf, disconnect, updateActivity, type Spot } from '@/canvas/edit/document';
import { parsePort } from '@/canvas/graph';
import { pathInActivity, subjectOf } from '@/canvas/edit/words';
import type { WordKey } from '@/i18n';

export interface Fix {
  word: WordKey;
  /** The way that the document changes, or the spot where something has to be added. */
  change?: (document: CampaignDocument) => CampaignDocument;
  add?: Spot;
}

/** `document` is the one that the problem was found in. */
export function fixesFor(item: ProblemItem, document: CampaignDocument): Fix[] {
  const id = subjectOf(item, document);
  const disable: Fix = {
    word: 'fix.disable',
    change: (former) => updateActivity(former, id, { enabled: false }),
  };
  switch (item.code) {
    case 'unreached':
    case 'too_few_inputs':
      return [{ word: 'fix.addBefore', add: { kind: 'before', activity: id } }, disable];
    case 'unused_complement':
      return [
        {
          word: 'fix.connectComplement',
          add: { kind: 'after', port: { activity: id, port: 'complement' } },
        },
        {
          word: 'fix.noComplement',
          change: (former) => updateActivity(former, id, { complement: undefined }),
        },
      ];
    case 'unused_port':
      return [
        { word: 'fix.addAfter', add: { kind: 'after', port: { activity: id, port: 'out' } } },
      ];
    case 'unknown_port':
    case 'dangling_transition':
    case 'duplicate_transition':
      return cutFix(item, document);
    case 'unknown_field':
      return unknownFieldFix(item, document, id);
    case 'empty_canvas':
      return [{ word: 'fix.addFirst', add: { kind: 'free' } }];
    default:
      return [];
  }
}

function cutFix(item: ProblemItem, document: CampaignDocument): Fix[] {
  const index = /^\/canvas\/transitions\/(\d+)/.exec(item.pointer ?? '')?.[1];
  const transition = document.canvas.transitions?.[Number(index)];
  if (index === undefined || transition === undefined) return [];
  const ref = { ...parsePort(transition.from), to: transition.to };
  return [{ word: 'fix.cut', change: (former) => disconnect(former, ref) }];
}

/** A setting of the activity itself that nobody knows can go. */
function unknownFieldFix(item: ProblemItem, document: CampaignDocument, id: string): Fix[] {
  const path = pathInActivity(item);
  const [name] = path;
  const known = activityOf(document, id);
  if (path.length !== 1 || name === undefined || known === undefined || !(name in known)) return [];
  return [
    {
      word: 'fix.removeField',
      change: (former) => updateActivity(former, id, { [name]: undefined }),
    },
  ];
}
