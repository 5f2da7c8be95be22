import { describe, expect, it } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { clipText, readClip } from '@/canvas/edit/clipboard';
import {
  addActivity,
  ancestors,
  arrange,
  connect,
  copyActivities,
  disconnect,
  freshId,
  labelTransition,
  moveActivities,
  pasteActivities,
  removeActivities,
  renameActivity,
  renamePort,
  runsSideways,
  updateActivity,
  whyNotConnect,
} from '@/canvas/edit/document';

const base: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  canvas: {
    activities: [
      { id: 'a', type: 'build-audience' },
      { id: 'b', type: 'build-audience' },
      { id: 'both', type: 'combine', operation: 'exclusion', primary: 'a' },
      { id: 'ab', type: 'split' },
      { id: 'mail', type: 'email' },
    ],
    transitions: [
      { from: 'a', to: 'both' },
      { from: 'b', to: 'both' },
      { from: 'both', to: 'ab' },
      { from: 'ab.one', to: 'mail', label: 'first' },
    ],
  },
};
const lines = ({ canvas }: CampaignDocument) =>
  (canvas.transitions ?? []).map(({ from, to }) => `${from}>${to}`);
const ids = ({ canvas }: CampaignDocument) => canvas.activities.map(({ id }) => id);
const on = { activity: 'both', port: 'out', to: 'ab' };

describe('edits', () => {
  it.each([
    [[], 'build-audience', 'build_audience'],
    [['wait'], 'wait', 'wait_2'],
    [['wait', 'wait_2'], 'wait_2', 'wait_3'],
    [[], '***', '_'],
  ])('fresh id with %j for %s', (taken, wanted, id) => {
    expect(freshId(taken, wanted)).toBe(id);
  });

  it.each([
    [{ kind: 'free' } as const, []],
    [{ kind: 'after', port: { activity: 'ab', port: 'two' } } as const, ['ab.two>wait']],
    [{ kind: 'before', activity: 'a' } as const, ['wait>a']],
    [{ kind: 'on', transition: on } as const, ['both>wait', 'wait>ab']],
  ])('adds %j', (spot, added) => {
    const { document } = addActivity(base, { type: 'wait' }, spot, 'out');
    const cut = spot.kind === 'on' ? ['both>ab'] : [];
    expect(lines(document).sort()).toEqual(
      [...lines(base).filter((line) => !cut.includes(line)), ...added].sort(),
    );
    expect(ids(document)).toEqual([...ids(base), 'wait']);
    expect(document.canvas.positions).toBeUndefined();
  });

  it.each([
    ['a', 'out', 'ab', undefined],
    ['a', 'out', 'a', 'itself'],
    ['a', 'out', 'both', 'twice'],
    ['mail', 'out', 'a', 'circle'],
  ])('connects %s.%s with %s: %s', (activity, port, to, obstacle) => {
    expect(whyNotConnect(base, { activity, port }, to)).toBe(obstacle);
    const changed = connect(base, { activity, port }, to) !== base;
    expect(changed).toBe(obstacle === undefined);
  });

  it('removes and joins a single way in with a single way out', () => {
    const { document } = addActivity(base, { type: 'wait' }, { kind: 'on', transition: on }, 'out');
    expect(lines(removeActivities(document, ['wait'])).sort()).toEqual(lines(base).sort());
    expect(lines(removeActivities(base, ['both']))).toEqual(['ab.one>mail']);
    expect(lines(removeActivities(base, ['ab', 'mail']))).toEqual(['a>both', 'b>both']);
  });

  it('cuts and names a transition', () => {
    const ref = { activity: 'ab', port: 'one', to: 'mail' };
    expect(lines(disconnect(base, ref))).not.toContain('ab.one>mail');
    expect(labelTransition(base, ref, '').canvas.transitions?.at(-1)).toEqual({
      from: 'ab.one',
      to: 'mail',
    });
  });

  it('renames wherever the name stands', () => {
    const renamed = renameActivity(base, 'a', 'lapsed');
    expect(ids(renamed)[0]).toBe('lapsed');
    expect(lines(renamed)[0]).toBe('lapsed>both');
    expect(renamed.canvas.activities[2]?.primary).toBe('lapsed');
    expect(renameActivity(base, 'a', 'b')).toBe(base);
    expect(renameActivity(base, 'a', 'not an id')).toBe(base);
    expect(lines(renamePort(base, 'ab', 'one', 'gold'))).toContain('ab.gold>mail');
  });

  it('takes a field away by undefined', () => {
    expect(updateActivity(base, 'both', { primary: undefined }).canvas.activities[2]).toEqual({
      id: 'both',
      type: 'combine',
      operation: 'exclusion',
    });
  });

  it('copies over the clipboard with ids of its own', () => {
    const clip = readClip(clipText(copyActivities(base, ['a', 'both', 'ab'], {})));
    if (clip === undefined) throw new Error('not read back');
    const pasted = pasteActivities(base, clip, { kind: 'free' });
    expect(pasted.ids).toEqual(['a_2', 'both_2', 'ab_2']);
    expect(lines(pasted.document).slice(4)).toEqual(['a_2>both_2', 'both_2>ab_2']);
    expect(pasted.document.canvas.activities.find(({ id }) => id === 'both_2')?.primary).toBe(
      'a_2',
    );
    const one = readClip(clipText(copyActivities(base, ['ab'], {})));
    const spot = { kind: 'on', transition: on } as const;
    const inserted = one === undefined ? undefined : pasteActivities(base, one, spot).document;
    expect(inserted === undefined ? [] : lines(inserted)).toEqual(
      expect.arrayContaining(['both>ab_2', 'ab_2>ab']),
    );
  });

  it.each(['', 'hello', '[]', '{"tutti":"else"}', '{"tutti":"tutti/activities","activities":[]}'])(
    'is not a clip: %s',
    (text) => {
      expect(readClip(text)).toBeUndefined();
    },
  );

  it('keeps places by hand', () => {
    const placed = arrange(base, { a: { x: 0, y: 0 }, both: { x: 0, y: 300.4 } });
    expect(placed.canvas.positions?.both?.y).toBe(300);
    const after = addActivity(
      placed,
      { type: 'wait' },
      { kind: 'after', port: { activity: 'a', port: 'out' } },
    );
    expect(after.document.canvas.positions?.wait).toEqual({ x: 0, y: 140 });
    expect(moveActivities(placed, { a: { x: 9, y: 9 } }).canvas.positions?.a).toEqual({
      x: 9,
      y: 9,
    });
    expect(arrange(placed, undefined).canvas.positions).toBeUndefined();
    expect(runsSideways(placed)).toBe(false);
    expect(runsSideways(arrange(base, { a: { x: 0, y: 0 }, both: { x: 300, y: 9 } }))).toBe(true);
  });

  it('knows what leads to an activity', () => {
    expect([...ancestors(base, 'ab')].sort()).toEqual(['a', 'b', 'both']);
  });
});
