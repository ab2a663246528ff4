import promise from 'eslint-plugin-promise';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const readsEnvironment = ['app/main.ts', 'app/config.ts', 'app/sandbox/main.ts', 'scripts/**', 'test/**'];

export default defineConfig(
  { ignores: ['node_modules/**', '.valera/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, promise.configs['flat/recommended']],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error', // such an import is left at run time, and a package of types is not there
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/require-await': 'off', // an adapter may be async by contract
      'promise/always-return': 'off', // the typed rules above see more
      'promise/catch-or-return': 'off',
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 3],
      'max-lines': ['error', { max: 400 }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only main and config files read the environment.' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: readsEnvironment,
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['scripts/**/*.ts', 'app/main.ts', 'app/sandbox/main.ts'],
    rules: { 'no-console': 'off' }, // what a person at a terminal reads
  },
  {
    files: ['test/**/*.ts'],
    // builders of test data take many parts, each with a default, which the rule counts as a branch
    rules: { 'no-console': 'off', complexity: ['error', 15], 'max-params': ['error', 4] },
  },
);
