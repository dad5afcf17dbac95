import { defineConfig } from 'vitest/config';

/** What needs no services and ends within a minute. Models, properties, campaigns and kills find what no table names, and take minutes. */
export default defineConfig({
  test: {
    include: ['test/{core,features,platform}/**/*.test.ts', 'test/cli/words.test.ts'],
    exclude: [
      '**/{*.model,*-properties}.test.ts',
      '**/{sweep-dies,campaign,memory-use,thirty-nights,whole-way,run-killed}.test.ts',
      '**/node_modules/**',
    ],
    testTimeout: 60_000,
    maxWorkers: 2,
    // As in vitest.config.ts.
    isolate: false,
  },
});
