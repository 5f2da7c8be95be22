import { expect, it } from 'vitest';
import { totalDeliveries } from '@/features/run/totals';

const one = {
  activity: 'a',
  targeted: 10,
  excluded: 3,
  sent: 6,
  failed: 1,
  in_doubt: 0,
  exclusions: { no_consent: 2, suppressed: 1 },
};

it('adds up deliveries and their exclusions', () => {
  const two = { ...one, activity: 'b', sent: 5, pending: 1, exclusions: { no_consent: 3 } };
  expect(totalDeliveries([one, two])).toEqual({
    targeted: 20,
    excluded: 6,
    sent: 11,
    failed: 2,
    in_doubt: 0,
    pending: 1,
    exclusions: { no_consent: 5, suppressed: 1 },
    accounted: true,
  });
  expect(totalDeliveries([{ ...one, sent: 7 }]).accounted).toBe(false);
  expect(totalDeliveries([])).toMatchObject({ targeted: 0, accounted: true });
});
