import regexp from 'eslint-plugin-regexp';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

const ignored = ['dist/**', '**/dist/**', 'coverage/**', '.data/**', '**/*.generated.ts', '**/*.d.mts'];

/** What needs the compiler's knowledge: promises nobody waits for, conditions that cannot be false, any in disguise. */
const typeAware = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/return-await': ['error', 'in-try-catch'],
};

/** Text that others send must not keep a pattern busy for longer than it is long (CWE-1333). */
const steadyPatterns = {
  'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
  'regexp/no-super-linear-move': 'error',
};

const plainSyntax = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals: enums are not erasable.' },
  {
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    message: 'Take ids and chance from node:crypto or kernel/ids.',
  },
];
/** A value written into SQL text is a hole, or will be one. */
const boundValues = {
  selector: 'CallExpression[callee.property.name="raw"] > TemplateLiteral.arguments:first-child[expressions.length>0]',
  message: 'Bind values with ? and names with ??. If what is put in is a constant of this file, say so beside it.',
};

const everywhere = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
  'no-restricted-syntax': ['error', ...plainSyntax],
};

export default tseslint.config(
  { ignores: ignored },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['server/**/*.ts', 'db/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin, regexp },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...everywhere,
      ...typeAware,
      'no-restricted-syntax': ['error', ...plainSyntax, boundValues],
    },
  },
  {
    files: ['tests/**/*.ts', 'vitest.config.ts', '{tenant-portal,admin-console}/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser },
    rules: everywhere,
  },
  {
    files: ['server/**/*.ts'],
    // What these read is their operator's own: arguments, the sandbox's few clients, installed themes.
    ignores: ['server/{sandbox,cli}/**', 'server/themes/{tokens,validate-theme}.ts', '**/*.test.ts'],
    rules: steadyPatterns,
  },
  {
    // Test data may assert what it has just made.
    files: ['**/*.test.ts', '**/testing.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', ...plainSyntax],
    },
  },
  ...vue.configs['flat/recommended'].map((config) => ({
    ...config,
    files: ['{tenant-portal,admin-console}/**/*.vue'],
  })),
  {
    files: ['{tenant-portal,admin-console}/**/*.vue'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      ...everywhere,
      // Prettier decides these.
      ...Object.fromEntries(
        [
          'html-indent',
          'html-self-closing',
          'max-attributes-per-line',
          'singleline-html-element-content-newline',
          'html-closing-bracket-newline',
          'multiline-html-element-content-newline',
          'first-attribute-linebreak',
        ].map((rule) => [`vue/${rule}`, 'off']),
      ),
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      // A strict Content-Security-Policy forbids style attributes.
      'vue/no-static-inline-styles': 'error',
    },
  },
);
