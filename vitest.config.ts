import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // These need a browser: npm run test:browser.
    exclude: ['test/browser/**', '**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine the suite is meant for; more workers only add noise.
    maxWorkers: 2,
    // They begin in the order of their names: the long files come first, so that no worker is left alone with one.
    projects: [
      // A worker for each file: the campaign runs real servers for long.
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/!(core|features)/**/*.test.ts', 'test/features/notify/campaign.test.ts'],
        },
      },
      // Pure code keeps nothing in its modules: a worker loads each module once, not once for each file.
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/core/**/*.test.ts', 'test/features/**/!(campaign).test.ts'],
          isolate: false,
        },
      },
    ],
  },
});
