import { defineConfig } from 'vitest/config';

/** `npm run screenshots`: no test, but the same world and the same browser. */
export default defineConfig({
  test: { include: ['test/browser/screenshots.ts'], testTimeout: 120_000, hookTimeout: 180_000 },
});
