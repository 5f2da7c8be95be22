import { describe, expect, it } from 'vitest';
import { choiceWords, findFields, isFieldPath, type FieldChoice } from '@/ui/fieldChoices';

const choices: FieldChoice[] = [
  { path: 'customer_id', label: 'Customer', way: [] },
  { path: 'email_opt_in', label: 'May be mailed', way: [] },
  { path: 'email', label: 'E-mail', way: [] },
  { path: 'address.city', label: 'City', way: ['Address'] },
  { path: 'address.country', label: 'Country', way: ['Address'] },
  { path: 'last_order.shop.city', label: 'City', way: ['Last order', 'Shop'] },
];
const found = (search: string) => findFields(choices, search).map(({ path }) => path);

describe('fields are found', () => {
  it.each([
    ['', choices.map(({ path }) => path)],
    ['email', ['email', 'email_opt_in']],
    ['E-mail', ['email']],
    ['city', ['address.city', 'last_order.shop.city']],
    ['shop city', ['last_order.shop.city']],
    ['Address › City', ['address.city']],
    ['address', ['address.city', 'address.country']],
    ['nothing', []],
  ])('%s', (search, paths) => {
    expect(found(search)).toEqual(paths);
  });

  it('with the way there', () => {
    expect(choices.map(choiceWords).at(-1)).toBe('Last order › Shop › City');
  });

  it.each([
    ['address.city', true],
    ['été', true],
    ['lower(email)', false],
    ['', false],
    ['a.', false],
    ['1a', false],
  ])('%s is a path: %s', (text, isPath) => {
    expect(isFieldPath(text)).toBe(isPath);
  });
});
