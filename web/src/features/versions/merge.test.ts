import { describe, expect, it } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { mergeVersions } from '@/features/versions/merge';

const version = (ids: string[], transitions: { from: string; to: string }[]): CampaignDocument => ({
  kind: 'campaign',
  name: 'c',
  canvas: {
    activities: ids.map((id) => ({ id, type: 'end' })),
    transitions,
    positions: { a: { x: 1, y: 1 } },
  },
});

describe('two versions on one canvas', () => {
  it('show what came and what went', () => {
    const before = version(['a', 'old'], [{ from: 'a.left', to: 'old' }]);
    const after = version(['a', 'new'], [{ from: 'a', to: 'new' }]);
    const of = (what: 'activity' | 'transition', change: 'added' | 'removed', name: string) => ({
      what,
      change,
      name,
      words: '',
      fields: [],
    });
    const merged = mergeVersions(before, after, [
      of('activity', 'added', 'new'),
      of('activity', 'removed', 'old'),
      of('transition', 'added', 'a -> new'),
      of('transition', 'removed', 'a.left -> old'),
    ]);
    expect(merged.document.canvas.activities.map(({ id }) => id)).toEqual(['a', 'new', 'old']);
    expect(merged.document.canvas.transitions).toHaveLength(2);
    expect(merged.document.canvas.positions).toBeUndefined();
    expect([...merged.transitions]).toEqual([
      ['a.out>new', 'added'],
      ['a.left>old', 'removed'],
    ]);
  });
});
