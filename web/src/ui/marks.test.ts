import { expect, test } from 'vitest';
import { diagnosticsOf } from '@/ui/marks';

const text = 'kind: channel\nname: mails\nchanel: email';

test('a mark stands from its column to the end of its line', () => {
  const [mark] = diagnosticsOf(text, [{ severity: 'error', message: 'x', line: 3, column: 9 }]);
  expect(text.slice(mark?.from, mark?.to)).toBe('email');
});

test('what says no place stands on the first line, and what is past the end on the last', () => {
  const marks = diagnosticsOf(text, [
    { severity: 'error', message: 'past', line: 40, column: 1 },
    { severity: 'warning', message: 'nowhere' },
    { severity: 'warning', message: 'wide', line: 2, column: 900 },
  ]);
  expect(marks.map(({ message, from, to }) => [message, text.slice(from, to)])).toEqual([
    ['nowhere', 'kind: channel'],
    ['wide', ''],
    ['past', 'chanel: email'],
  ]);
});
