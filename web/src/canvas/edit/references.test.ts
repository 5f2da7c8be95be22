import { describe, expect, it } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import {
  copyActivities,
  pasteActivities,
  renameActivity,
  renamePort,
  updateActivity,
} from '@/canvas/edit/document';
import { renameIn, type Renaming } from '@/canvas/edit/references';

const one = (from: string, to: string, ids = ['target', 'target-b', 'ab', 'mail', 'mail_b']) => ({
  ids,
  activities: new Map([[from, to]]),
});

describe('names in settings', () => {
  it.each([
    [{ primary: 'ab.gold' }, one('ab', 'tiers'), { primary: 'tiers.gold' }],
    [{ rules: [{ set: 'ab' }] }, one('ab', 'tiers'), { rules: [{ set: 'tiers' }] }],
    [
      { limit: { priority: ['ab.a', 'x'], of: 'ab' } },
      one('ab', 'c'),
      { limit: { priority: ['c.a', 'x'], of: 'ab' } },
    ],
    [
      { links: [{ to: { transition: 'ab' } }] },
      one('ab', 'c'),
      { links: [{ to: { transition: 'c' } }] },
    ],
    [{ inbound: ['ab', 'mail'] }, one('mail', 'm'), { inbound: ['ab', 'm'] }],
    [{ conditions: [{ count: 'ab.b' }] }, one('ab', 'c'), { conditions: [{ count: 'c.b' }] }],
    [
      { where: { rules: [{ population: 'ab' }] } },
      one('ab', 'c'),
      { where: { rules: [{ population: 'c' }] } },
    ],
    // A column of a table may be called as a setting, and its value as an activity.
    [
      { set: { count: 'ab', primary: { field: 'ab' } } },
      one('ab', 'c'),
      { set: { count: 'ab', primary: { field: 'ab' } } },
    ],
    [{ on: { primary: 'ab' } }, one('ab', 'c'), { on: { primary: 'ab' } }],
    [
      { expression: '$rows > 2 * $rows_target + $rows_target__complement - $rows_target_b' },
      one('target', 'all'),
      { expression: '$rows > 2 * $rows_all + $rows_all__complement - $rows_target_b' },
    ],
    [{ expression: '$rows_target_b' }, one('target-b', 'my-own'), { expression: '$rows_my_own' }],
    [
      { expression: '$result_mail_sent / $result_mail_b_sent' },
      one('mail', 'post'),
      { expression: '$result_post_sent / $result_mail_b_sent' },
    ],
    [
      { message: "{{ variables.rows_ab }} and {{ variables['rows_ab__a'] }}" },
      one('ab', 'c'),
      { message: "{{ variables.rows_c }} and {{ variables['rows_c__a'] }}" },
    ],
    [{ variable: 'rows_ab' }, one('ab', 'c'), { variable: 'rows_c' }],
    [
      { field: 'points', valueSource: 'variable', value: 'rows_ab' },
      one('ab', 'c'),
      { field: 'points', valueSource: 'variable', value: 'rows_c' },
    ],
  ])('%j', (settings, renaming: Renaming, expected) => {
    expect(renameIn(settings, renaming)).toEqual(expected);
  });

  it('two at once do not meet', () => {
    const renaming = {
      ids: ['a', 'a_2'],
      activities: new Map([
        ['a', 'a_2'],
        ['a_2', 'a_3'],
      ]),
    };
    expect(
      renameIn({ primary: 'a', inbound: ['a_2'], text: '$rows_a $rows_a_2' }, renaming),
    ).toEqual({
      primary: 'a_2',
      inbound: ['a_3'],
      text: '$rows_a_2 $rows_a_3',
    });
  });
});

const document: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  canvas: {
    activities: [
      { id: 'ab', type: 'test', conditions: [{ id: 'many', operator: '>' }, { id: 'few' }] },
      {
        id: 'ok',
        type: 'approval',
        answers: [{ id: 'later' }, { id: 'no' }],
        on_deadline: 'later',
      },
      {
        id: 'join',
        type: 'and-join',
        primary: 'ab.many',
        notes: '$rows_ab__many {{ variables.rows_ab }} $result_ok_answer',
      },
    ],
    transitions: [
      { from: 'ab.many', to: 'join' },
      { from: 'ab.few', to: 'join' },
      { from: 'ok.later', to: 'join' },
    ],
  },
};
const froms = ({ canvas }: CampaignDocument) => (canvas.transitions ?? []).map(({ from }) => from);
const join = ({ canvas }: CampaignDocument) =>
  canvas.activities.find(({ type }) => type === 'and-join');

describe('ports', () => {
  it('follow the id of their entry', () => {
    const conditions = [{ id: 'lots', operator: '>' }, { id: 'few' }];
    const changed = updateActivity(document, 'ab', { conditions });
    expect(froms(changed)).toEqual(['ab.lots', 'ab.few', 'ok.later']);
    expect(join(changed)).toMatchObject({ primary: 'ab.lots' });
    expect(join(changed)?.notes).toContain('$rows_ab__lots ');
  });

  it('of an approval are also what happens when nobody answers', () => {
    const changed = updateActivity(document, 'ok', { answers: [{ id: 'next' }, { id: 'no' }] });
    expect(froms(changed)[2]).toBe('ok.next');
    expect(changed.canvas.activities[1]?.on_deadline).toBe('next');
  });

  it.each([
    [[{ id: 'few' }, { id: 'many' }]],
    [[{ id: 'few' }]],
    [[{ id: 'many' }, { id: 'few' }, { id: 'none' }]],
    [[{ id: 'few' }, { id: 'few' }]],
    [[{ id: '' }, { id: 'few' }]],
    ['none'],
  ])('stay where entries only move, come or go: %j', (conditions) => {
    expect(froms(updateActivity(document, 'ab', { conditions }))).toEqual(froms(document));
  });

  it('are renamed with what names them', () => {
    expect(join(renamePort(document, 'ab', 'many', 'a-lot'))?.notes).toContain('$rows_ab__a_lot ');
  });
});

describe('activities', () => {
  it('are renamed in texts', () => {
    expect(join(renameActivity(document, 'ab', 'size'))).toMatchObject({
      primary: 'size.many',
      notes: '$rows_size__many {{ variables.rows_size }} $result_ok_answer',
    });
  });

  it('are pasted with what they say of each other', () => {
    const clip = copyActivities(document, ['ab', 'join'], {});
    const pasted = pasteActivities(document, clip, { kind: 'free' });
    const copy = pasted.document.canvas.activities.find(({ id }) => id === 'join_2');
    expect(copy).toMatchObject({
      primary: 'ab_2.many',
      notes: '$rows_ab_2__many {{ variables.rows_ab_2 }} $result_ok_answer',
    });
  });
});
