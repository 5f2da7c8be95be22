import { expect, it } from 'vitest';
import { nameFrom } from '@/ui/names';

it.each([
  ['Win back — spring 2026', [], 'win_back_spring_2026'],
  ['Été à Paris', [], 'ete_a_paris'],
  ['2026', [], 'c_2026'],
  ['***', [], 'campaign'],
  ['VIP', ['vip', 'vip_2'], 'vip_3'],
])('%s', (label, taken, name) => {
  expect(nameFrom(label, taken)).toBe(name);
});
