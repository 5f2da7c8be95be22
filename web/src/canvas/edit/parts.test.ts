import { describe, expect, it } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { addActivity, removeActivities, updateActivity } from '@/canvas/edit/document';
import { edit, redo, startEditing, undo } from '@/canvas/edit/history';
import { diffDocuments, fromParts, mergeDocuments, toParts } from '@/canvas/edit/parts';

const base: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  label: 'C',
  canvas: {
    activities: [
      { id: 'a', type: 'build-audience', dimension: 'customers' },
      { id: 'mail', type: 'email', subject: 'Hi' },
      { id: 'done', type: 'end' },
    ],
    transitions: [
      { from: 'a', to: 'mail' },
      { from: 'mail', to: 'done' },
    ],
    positions: { a: { x: 1, y: 2 } },
  },
};
const wait = (document: CampaignDocument) =>
  addActivity(
    document,
    { type: 'wait' },
    {
      kind: 'on',
      transition: { activity: 'a', port: 'out', to: 'mail' },
    },
    'out',
  ).document;
const subject = (text: string) => (document: CampaignDocument) =>
  updateActivity(document, 'mail', { subject: text });

describe('parts', () => {
  it('come back as they were', () => {
    expect(fromParts(toParts(base))).toEqual(base);
  });

  it('say nothing of equal documents', () => {
    expect(diffDocuments(base, structuredClone(base))).toEqual([]);
  });
});

describe('history', () => {
  const edits = [
    wait,
    subject('Hello'),
    (d: CampaignDocument) => removeActivities(d, ['wait', 'a']),
  ];

  it('goes back and forth over every edit', () => {
    const states = [base];
    let edited = startEditing(base);
    for (const [step, change] of edits.entries()) {
      edited = edit(edited, change(edited.document), step * 10_000);
      states.push(edited.document);
    }
    for (const state of states.slice(0, -1).reverse()) {
      edited = undo(edited);
      expect(edited.document).toEqual(state);
    }
    expect(undo(edited)).toBe(edited);
    for (const state of states.slice(1)) {
      edited = redo(edited);
      expect(edited.document).toEqual(state);
    }
    expect(redo(edited)).toBe(edited);
  });

  it('joins keystrokes in one field, and nothing else', () => {
    let edited = startEditing(base);
    edited = edit(edited, subject('H')(edited.document), 0, 'subject');
    edited = edit(edited, subject('He')(edited.document), 500, 'subject');
    expect(edited.past).toHaveLength(1);
    edited = edit(edited, subject('Hel')(edited.document), 9_000, 'subject');
    expect(edited.past).toHaveLength(2);
    expect(undo(undo(edited)).document).toEqual(base);
    expect(edit(edited, edited.document, 0)).toBe(edited);
  });
});

describe('merge', () => {
  it.each([
    ['both sides', wait, subject('Hello'), []],
    ['the same twice', subject('Same'), subject('Same'), []],
    ['one field twice', subject('Mine'), subject('Theirs'), ['mail']],
    [
      'mine on what they removed',
      subject('Mine'),
      (d: CampaignDocument) => removeActivities(d, ['mail']),
      ['mail'],
    ],
  ])('%s', (_, mine, theirs, conflicts) => {
    const merged = mergeDocuments(base, mine(base), theirs(base));
    expect(merged.conflicts).toEqual(conflicts);
    expect(merged.document.canvas.activities.find(({ id }) => id === 'mail')?.subject).toBe(
      mine(base).canvas.activities.find(({ id }) => id === 'mail')?.subject === 'Hi'
        ? 'Hello'
        : mine(base).canvas.activities.find(({ id }) => id === 'mail')?.subject,
    );
  });

  it('takes both removals, and leaves no transition in the air', () => {
    const mine = removeActivities(base, ['done']);
    const theirs = removeActivities(base, ['a']);
    const { document, conflicts } = mergeDocuments(base, mine, theirs);
    expect(document.canvas.activities.map(({ id }) => id)).toEqual(['mail']);
    expect(document.canvas.transitions).toEqual([]);
    expect(conflicts).toEqual([]);
  });
});
