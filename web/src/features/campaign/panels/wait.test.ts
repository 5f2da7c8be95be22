import { expect, it } from 'vitest';
import { readNext, writeNext } from '@/features/campaign/form/until';
import { readWait } from '@/features/campaign/panels/wait';

it.each([
  [{ duration: '3d' }, 'for', '3d'],
  [{}, 'for', ''],
  [{ until: '2026-12-01T09:00' }, 'until', '2026-12-01T09:00'],
  [{ until: '$starts_at' }, 'until', '$starts_at'],
  [{ until: '' }, 'until', ''],
  [{ until: '1d12h' }, 'for', '1d12h'],
  [{ until: { at: '10:00' } }, 'next', ''],
])('%j', (settings, kind, text) => {
  const view = readWait(settings);
  expect([view.kind, view.text]).toEqual([kind, text]);
});

it.each([
  [{ at: '10:00' }, []],
  [{ weekday: 'friday', at: '10:00' }, ['friday']],
  [{ weekday: ['monday', 'thursday'], at: '10:00' }, ['monday', 'thursday']],
])('the next time of %j', (written, weekdays) => {
  const next = readNext(written);
  expect(next).toEqual({ weekdays, at: '10:00' });
  expect(writeNext(next)).toEqual(written);
});

it('weekdays stand in their order', () => {
  const written = writeNext({ weekdays: ['sunday', 'monday'], at: '09:00' });
  expect(written).toEqual({ weekday: ['monday', 'sunday'], at: '09:00' });
});
