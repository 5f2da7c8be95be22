import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from './eslint.globals.js';
import ts from 'typescript-eslint';

/**
 * Imports go one way: api, ui → canvas, rules, mail → features → app. Each layer names what it must not
 * reach, and parent paths (`../`) are refused everywhere so that no import escapes the rule.
 */
function layer(files, forbidden, message) {
  return {
    files: [files],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['../*'], message: 'Use @/… so that the layer rule can see the import.' },
            ...(forbidden.length > 0 ? [{ group: forbidden, message }] : []),
          ],
        },
      ],
    },
  };
}

const AREAS = [
  'alerts',
  'campaigns',
  'campaign',
  'contents',
  'runs',
  'run',
  'mails',
  'tables',
  'reports',
  'population',
  'people',
  'register',
  'audiences',
  'files',
  'admin',
];

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'playwright-report'] },
  js.configs.recommended,
  ...ts.configs.strict,
  { ...hooks.configs.flat.recommended, files: ['src/**'] },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      // Fields that are taken out of an object are named so.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['*.config.*'],
    languageOptions: { globals },
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.cjs'], languageOptions: { globals: { module: 'writable' } } },
  layer(
    'src/api/**',
    ['@/ui/*', '@/canvas/*', '@/rules/*', '@/mail/*', '@/features/*', '@/app/*'],
    'api/ stands alone.',
  ),
  layer(
    'src/ui/**',
    ['@/api/*', '@/canvas/*', '@/rules/*', '@/mail/*', '@/features/*', '@/app/*'],
    'ui/ has no product words and uses no other layer.',
  ),
  layer(
    'src/canvas/**',
    ['@/rules/*', '@/mail/*', '@/features/*', '@/app/*'],
    'canvas/ uses api/ and ui/ only.',
  ),
  layer(
    'src/rules/**',
    ['@/canvas/*', '@/mail/*', '@/features/*', '@/app/*'],
    'rules/ uses api/ and ui/ only.',
  ),
  layer(
    'src/mail/**',
    ['@/canvas/*', '@/rules/*', '@/features/*', '@/app/*'],
    'mail/ uses api/ and ui/ only.',
  ),
  ...AREAS.map((area) =>
    layer(
      `src/features/${area}/**`,
      [
        ...AREAS.filter((other) => other !== area).map((other) => `@/features/${other}/*`),
        '@/app/*',
      ],
      'A feature area uses the layers below it and features/common only.',
    ),
  ),
  layer(
    'src/features/common/**',
    [...AREAS.map((area) => `@/features/${area}/*`), '@/app/*'],
    'features/common is shared by the areas and knows none of them.',
  ),
  layer('src/app/**', [], ''),
);
