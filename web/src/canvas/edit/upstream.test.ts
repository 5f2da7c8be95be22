import { expect, test } from 'vitest';
import type { CampaignDocument } from '@/api/types';
import { populationsBefore } from '@/canvas/edit/upstream';

test('all that leads to an activity, near ones first', () => {
  const document = {
    canvas: {
      activities: ['all', 'ab', 'mail', 'aside'].map((id) => ({ id, type: 'fork', label: id })),
      transitions: [
        { from: 'all', to: 'ab' },
        { from: 'ab.b', to: 'mail' },
        { from: 'ab.a', to: 'aside' },
      ],
    },
  } as unknown as CampaignDocument;
  expect(populationsBefore(document, 'mail').map(({ value }) => value)).toEqual(['ab.b', 'all']);
  expect(populationsBefore(document, 'all')).toEqual([]);
});
