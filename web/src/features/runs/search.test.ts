import { expect, it } from 'vitest';
import { queryOf, readRunsSearch } from '@/features/runs/search';

it('what does not fit in the address is as if it were not there', () => {
  const raw = {
    campaign: 'a',
    state: 'failed,held',
    mode: 'dry',
    from: '2026-13',
    to: '2026-12-01',
  };
  expect(readRunsSearch(raw)).toEqual({
    campaign: 'a',
    state: 'failed,held',
    mode: undefined,
    from: undefined,
    to: '2026-12-01',
  });
});

it('the last day is asked for until its last moment', () => {
  const { since, until } = queryOf({ from: '2026-12-01', to: '2026-12-01' });
  const lasts = new Date(until ?? '').getTime() - new Date(since ?? '').getTime();
  expect(lasts).toBe(86_400_000 - 1);
  expect(queryOf({})).toEqual({
    campaign: undefined,
    state: undefined,
    mode: undefined,
    since: undefined,
    until: undefined,
  });
});
