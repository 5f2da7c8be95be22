import { expect, it } from 'vitest';
import { curlOf, signalOf } from '@/features/campaign/signal';

const variable = (name: string, type: string) => ({
  name,
  type,
  value: '',
  test: '',
  needed: true,
});

it('values are of the types of their parameters', () => {
  const variables = [
    variable('city', 'string'),
    variable('least', 'integer'),
    variable('vip', 'boolean'),
    variable('price', 'decimal(8,2)'),
    variable('left', 'string'),
  ];
  const given = { city: 'Nice', least: '2', vip: 'true', price: '1.50', left: '' };
  expect(signalOf(variables, given, ' a ')).toEqual({
    variables: { city: 'Nice', least: 2, vip: true, price: '1.50' },
    idempotency_key: 'a',
  });
  expect(signalOf([variable('least', 'integer')], { least: '99999999999999999999' }, '')).toEqual({
    variables: { least: '99999999999999999999' },
  });
});

it('the request is quoted for a shell', () => {
  const text = curlOf('https://t.example', 'call_back', { variables: { city: "L'Isle" } });
  expect(text).toContain('https://t.example/api/v1/campaigns/call_back/signal');
  expect(text).toContain(`-d '{"variables":{"city":"L'\\''Isle"}}'`);
});
