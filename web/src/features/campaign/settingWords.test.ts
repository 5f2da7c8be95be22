import { describe, expect, it } from 'vitest';
import { read, words } from '@/features/campaign/form/testing';
import { momentWords, spanWords, untilWords } from '@/features/campaign/settingWords';

it.each([
  ['3d', '3 days'],
  ['1d12h', '1 day 12 hours'],
  ['90s', '90 seconds'],
  ['$pause', '$pause'],
  ['soon', 'soon'],
])('%s', (text, expected) => {
  expect(spanWords(text)).toBe(expected);
});

it.each([
  ['2d', '2 days'],
  [{ at: '09:00' }, 'Every day, 09:00'],
  [{ weekday: ['monday', 'friday'], at: '09:00' }, 'Monday, Friday, 09:00'],
  ['2026-12-01T09:00', '2026-12-01 09:00'],
])('until %j', (value, expected) => {
  expect(untilWords(value)).toBe(expected);
});

it('date math is read', () => {
  expect(momentWords('now-7d')).toContain('7 days');
});

describe('settings are read by the names of things', () => {
  it.each([
    ['split', { subsets: [{ id: 'a', limit: { percent: 50 } }] }, ['Subsets', 'Port', '50 %']],
    [
      'split',
      {
        subsets: [
          {
            id: 'a',
            limit: { number: 5, per: 'email', sort: { by: 'points', order: 'descending' } },
          },
        ],
      },
      ['E-mail', 'Points: Highest first'],
    ],
    ['wait', { duration: '3d' }, ['3 days']],
    ['wait', { until: { weekday: 'monday', at: '09:00' } }, ['Monday, 09:00']],
    ['combine', { operation: 'exclusion', primary: 'all' }, ['Exclusion', 'Everyone']],
    [
      'deduplication',
      { by: ['email', { expression: 'lower(tier)' }], method: 'random' },
      ['E-mail', 'lower(tier)', 'At random'],
    ],
    [
      'enrichment',
      {
        links: [{ name: 'home', to: { table: 'addresses' }, on: { tier: 'city' } }],
        add: [{ name: 'spent', link: 'orders', aggregate: { function: 'sum', field: 'amount' } }],
      },
      ['Addresses', 'City', 'sum of Amount'],
    ],
    [
      'update-data',
      { table: 'customers', set: { points: { value: null }, tier: 'email' } },
      ['Customers', 'Points', 'E-mail'],
    ],
    [
      'save-audience',
      { audience: 'vip', columns: ['email', { name: 'x', expression: '1' }] },
      ['Vip', 'E-mail', '1, as x'],
    ],
    [
      'load-file',
      { path: 'a.csv', columns: [{ name: 'a', type: 'decimal(12,2)', remap: { M: 'male' } }] },
      ['a.csv', 'decimal number', 'male'],
    ],
    [
      'approval',
      { message: 'Send?', deadline: '2d', on_deadline: 'reject' },
      ['2 days', 'It is rejected'],
    ],
    [
      'http-call',
      { url: 'https://x', headers: { Authorization: { env: 'T' } } },
      ['Authorization', 'T'],
    ],
    ['fork', { expected_duration: '10m', unknown: { a: [1, { b: true }] } }, ['yes']],
    [
      'email',
      { channel: 'news', subject: 'Hello', html: '<p>Hi</p>', send: 'hold' },
      ['News', 'After confirmation'],
    ],
  ])('%s %j', (type, settings, seen) => {
    const html = read(type, settings);
    for (const part of seen) expect(words(html).toLowerCase()).toContain(part.toLowerCase());
    expect(html).not.toContain('{&quot;');
  });
});
