import { expect, it } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { readCode, writeCode } from '@/features/campaign/code';

const document: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  label: 'Résumé: "yes"',
  canvas: {
    activities: [{ id: 'a', type: 'email', html: '<p>\n  {{ x }}\n</p>' }],
    transitions: [],
  },
};

it.each(['yaml', 'json'] as const)('reads back what it writes as %s', (format) => {
  expect(readCode(writeCode(document, format), 'c')).toEqual({ document });
});

it.each([
  ['a: [', 'c'],
  ['hello', 'c'],
  ['{"kind":"table"}', 'c'],
  [writeCode(document, 'json'), 'other'],
  ['kind: campaign\nname: c\ncanvas: {}', 'c'],
  ['kind: campaign\nname: c\ncanvas: {activities: [{id: a}]}', 'c'],
  ['kind: campaign\nname: c\ncanvas: {activities: [], transitions: [1]}', 'c'],
])('says what is wrong with %s', (text, name) => {
  expect(readCode(text, name)).toHaveProperty('error.message');
});
