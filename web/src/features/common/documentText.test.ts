import { expect, test } from 'vitest';
import {
  differences,
  keepsName,
  marksOf,
  partAt,
  saidIn,
  withPart,
} from '@/features/common/documentText';

const text = `kind: channel
name: mails
category: marketing # who agreed
smtp: {host: mail.example, port: 587}
`;

test('one part is changed, and the rest stays as it was written', () => {
  const changed = withPart(text, ['smtp', 'port'], 25);
  expect(partAt(saidIn(changed), ['smtp', 'port'])).toBe(25);
  expect(changed).toContain('# who agreed');
  expect(changed).toContain('host: mail.example');
});

test('a part that is not there yet is made with all that is around it', () => {
  expect(saidIn(withPart(text, ['from', 'address'], 'a@b.example'))).toMatchObject({
    from: { address: 'a@b.example' },
  });
  expect(saidIn(withPart('kind: channel\nsmtp:\n', ['smtp', 'host'], 'x'))).toEqual({
    kind: 'channel',
    smtp: { host: 'x' },
  });
});

test('a part is taken out, also where there is none', () => {
  expect(saidIn(withPart(text, ['smtp', 'port'], undefined))?.smtp).toEqual({
    host: 'mail.example',
  });
  expect(saidIn(withPart(text, ['retry', 'attempts'], undefined))).toEqual(saidIn(text));
});

test('what cannot be read says nothing', () => {
  expect(saidIn('a: [')).toBeUndefined();
  expect(saidIn('- a list')).toBeUndefined();
  expect(keepsName('a: [', 'channel', 'mails')).toBe(true);
  expect(keepsName(text, 'channel', 'mails')).toBe(true);
  expect(keepsName(text, 'channel', 'letters')).toBe(false);
});

test('errors come before warnings, each with its place and its way out', () => {
  const item = { message: 'no such table', hint: 'import it', line: 3, column: 8 };
  expect(marksOf({ errors: [item], warnings: [{ message: 'unused', line: null }] })).toEqual([
    { severity: 'error', message: 'no such table. import it', line: 3, column: 8 },
    { severity: 'warning', message: 'unused', line: undefined, column: undefined },
  ]);
});

test('differences name the parts', () => {
  const before = { name: 'mails', smtp: { host: 'a', port: 1 }, tags: ['x'] };
  const after = { name: 'mails', smtp: { host: 'b', port: 1 }, tags: ['x', 'y'], label: 'Mails' };
  expect(differences(before, after)).toEqual(['smtp.host', 'tags', 'label']);
  expect(differences(before, { ...before })).toEqual([]);
});
