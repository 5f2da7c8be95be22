import { expect, it } from 'vitest';
import { isExpression, operandOf, operandText, readOperand } from '@/rules/operand';

it.each([
  ['email', 'email'],
  [{ expression: 'lower(email)' }, { expression: 'lower(email)' }],
  [undefined, undefined],
  [null, undefined],
  [3, undefined],
  [{ field: 'email' }, undefined],
])('%j', (written, operand) => {
  expect(readOperand(written)).toEqual(operand);
});

it.each([
  ['', false],
  ['customer.email', false],
  ['lower(email)', true],
])('%s is an expression: %s', (text, expression) => {
  expect(isExpression(operandOf(text))).toBe(expression);
  expect(operandText(operandOf(text))).toBe(text);
});
