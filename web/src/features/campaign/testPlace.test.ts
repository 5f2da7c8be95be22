import { expect, test } from 'vitest';
import type { TestDocument } from '@/api/tests';
import { activityAt, runAt, testsOf, wallClock } from '@/features/campaign/testPlace';

const winback: TestDocument = {
  kind: 'test',
  name: 'winback_works',
  campaign: 'winback',
  steps: [
    { at: '2026-10-23T18:00', import: { orders: [] } },
    { at: '2026-10-25T10:00', approve: { activity: 'voucher_ok', by: 'marta' } },
    { at: '2026-10-26T10:00', reject: 'held' },
    { at: '2026-10-27T10:00', clicks: { activity: 'invite', key: 1 } },
    { at: '2026-10-27T10:00', campaign: 'other', approve: 'invite' },
  ],
};

test('a failure leads to the activity that it is about', () => {
  const cases: [string, string | undefined][] = [
    ['/expect/runs/0/messages/invite/sent', 'invite'],
    ['/expect/runs/1/members/ordered.again', 'ordered'],
    ['/expect/runs/0/counts/lapsed', 'lapsed'],
    ['/expect/runs/0/state', undefined],
    ['/expect/launches', undefined],
    ['/steps/1/approve', 'voucher_ok'],
    ['/steps/2', 'held'],
    ['/steps/3/clicks/key', 'invite'],
    ['/steps/0/import/orders/0', undefined],
    ['/steps/4/approve', undefined],
    ['/expect/campaigns/other/runs/0/counts/lapsed', undefined],
    ['/answers/score', 'score'],
    ['', undefined],
  ];
  for (const [pointer, activity] of cases) {
    expect([pointer, activityAt(pointer, winback)]).toEqual([pointer, activity]);
  }
});

test('runs are counted from one', () => {
  expect(runAt('/expect/runs/0/state')).toBe(1);
  expect(runAt('/expect/launches')).toBeUndefined();
});

test('tests of a campaign are those about it, and those in which it runs alongside', () => {
  const other: TestDocument = { ...winback, name: 'other', campaign: 'other' };
  const beside: TestDocument = { ...other, name: 'beside', alongside: ['winback'] };
  expect(testsOf([winback, other, beside], 'winback')).toEqual([winback, beside]);
});

test('simulated moments are told as the clock on the wall', () => {
  expect(wallClock('2026-10-19T08:00:00+02:00')).toBe('2026-10-19 08:00');
});
