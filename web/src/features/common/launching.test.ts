import { expect, it } from 'vitest';
import type { ActivityDocument, CampaignDocument } from '@/api/types';
import { mailings, missing, variablesOf } from '@/features/common/launching';

const campaign = (part: Partial<CampaignDocument>, activities: ActivityDocument[] = []) =>
  ({ kind: 'campaign', name: 'c', ...part, canvas: { activities } }) satisfies CampaignDocument;

it('a run is given the variables and the parameters, each once', () => {
  const document = campaign({
    variables: {
      tier: 'gold',
      least: { type: 'decimal(8,2)', value: 1.5 },
      city: 'Lyon',
      vip: true,
    },
    schedule: {
      type: 'signal',
      parameters: [
        { name: 'city', type: 'string', test_value: 'Nice' },
        { name: 'code', type: 'integer', test_value: 12 },
      ],
      on: { file: 'incoming/*.csv' },
    },
  });
  const variables = variablesOf(document);
  expect(variables).toEqual([
    { name: 'tier', type: 'string', value: 'gold', test: 'gold', needed: false },
    { name: 'least', type: 'decimal(8,2)', value: '1.5', test: '1.5', needed: false },
    { name: 'vip', type: 'boolean', value: 'true', test: 'true', needed: false },
    { name: 'city', type: 'string', value: 'Lyon', test: 'Nice', needed: true },
    { name: 'code', type: 'integer', value: '', test: '12', needed: true },
    { name: 'file', type: 'string', value: '', test: '', needed: true },
  ]);
  const names = (mode: 'live' | 'test', given = {}) =>
    missing(variables, given, mode).map(({ name }) => name);
  expect(names('live')).toEqual(['code', 'file']);
  expect(names('live', { code: '7' })).toEqual(['file']);
  expect(names('test')).toEqual(['file']);
});

it.each([
  [undefined, ['a', 'b']],
  [{ type: 'once', at: '2026-12-01T09:00' }, ['a', 'b']],
  [{ type: 'daily', at: '09:00' }, ['b']],
])('with the schedule %j these ask: %j', (schedule, asking) => {
  const document = campaign(schedule === undefined ? {} : { schedule }, [
    { id: 'who', type: 'build-audience' },
    { id: 'a', type: 'email' },
    { id: 'b', type: 'email', send: 'hold' },
    { id: 'c', type: 'email', send: 'auto' },
    { id: 'd', type: 'email', send: 'hold', enabled: false },
  ]);
  const found = mailings(document, (type) => type === 'email');
  expect(found.asking.map(({ id }) => id)).toEqual(asking);
  expect(found.asking.length + found.others.length).toBe(3);
});
