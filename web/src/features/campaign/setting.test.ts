import { expect, test } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { settingOf } from '@/features/campaign/setting';

function campaign(fields: Partial<CampaignDocument>): CampaignDocument {
  return { kind: 'campaign', name: 'c', canvas: { activities: [] }, ...fields };
}

test('questions are asked in the zone and with the variables of the campaign', () => {
  expect(settingOf(campaign({}))).toEqual({});
  const variables = {
    tier: 'gold',
    least: 3,
    share: 0.5,
    strict: true,
    minimum: { type: 'decimal(12,2)', value: 200, label: 'At least' },
    wrong: null,
  };
  expect(settingOf(campaign({ time_zone: 'Europe/Paris', variables }))).toEqual({
    time_zone: 'Europe/Paris',
    variables: {
      tier: { type: 'string', value: 'gold' },
      least: { type: 'integer', value: 3 },
      share: { type: 'number', value: 0.5 },
      strict: { type: 'boolean', value: true },
      minimum: { type: 'decimal(12,2)', value: 200 },
    },
  });
});

test('parameters of a signal have their test values, else their own', () => {
  const parameters = [
    { name: 'city', type: 'string', test_value: 'Nice' },
    { name: 'code', type: 'integer', default: 7 },
    { name: 'tier' },
  ];
  const schedule = { type: 'signal', parameters, on: { file: '*.csv' } };
  expect(settingOf(campaign({ schedule, variables: { tier: 'gold' } })).variables).toEqual({
    city: { type: 'string', value: 'Nice' },
    code: { type: 'integer', value: 7 },
    tier: { type: 'string', value: 'gold' },
    file: { type: 'string' },
  });
});
