import { defineConfig } from 'vitest/config';

/** The unit tests of the mutated rooms. Models and properties are left out: they find what no table names, and take minutes. */
export default defineConfig({
  test: {
    include: [
      'test/features/{audit,backup,recovery,recovery-points,watch}/**/*.test.ts',
      'test/core/**/*.test.ts',
    ],
    exclude: ['**/*.model.test.ts', '**/*-properties.test.ts', '**/node_modules/**'],
    testTimeout: 60_000,
    maxWorkers: 1,
  },
});
