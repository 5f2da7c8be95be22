import { expect, it } from 'vitest';
import { scheduleWords } from '@/features/campaign/schedule';

it.each([
  [undefined, undefined],
  [{ type: 'asap' }, 'As soon as it is published'],
  [{ type: 'once', at: '2026-12-01T09:00' }, 'Once at 2026-12-01 09:00 Europe/Paris'],
  [
    { type: 'weekly', on: ['monday', 'thursday'], at: '09:00', from: '2026-12-01' },
    'Weekly on Monday and Thursday at 09:00 Europe/Paris, from 2026-12-01',
  ],
  [
    { type: 'weekly', every: 2, on: ['monday'], at: '09:00' },
    'Every 2 weeks on Monday at 09:00 Europe/Paris',
  ],
  [{ type: 'daily', days: 'weekdays', at: '08:00' }, 'On weekdays at 08:00 Europe/Paris'],
  [
    { type: 'several-times-a-day', every: '30m', between: ['08:00', '20:00'] },
    'Daily every 30m from 08:00 to 20:00 Europe/Paris',
  ],
  [
    { type: 'monthly', on: { nth: 'last', weekday: 'friday' }, at: '10:00' },
    'Monthly on the last Friday at 10:00 Europe/Paris',
  ],
  [{ type: 'signal' }, 'When a signal arrives'],
  [{ type: 'signal', on: { table: 'orders' } }, 'When the table orders changes'],
  [{ type: 'signal', on: { file: 'in/*.csv' } }, 'When a file in/*.csv comes'],
  [{ type: 'brand-new' }, 'Brand new'],
])('%j', (schedule, words) => {
  expect(scheduleWords(schedule, 'Europe/Paris')).toBe(words);
});
