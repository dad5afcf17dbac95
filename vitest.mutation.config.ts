import { defineConfig } from 'vitest/config';

/**
 * The unit tests of the mutated modules, each beside its module: a change counts as noticed only where the module's own tests notice it.
 * Models and properties are left out: they find what no table names, and take minutes.
 */
export default defineConfig({
  test: {
    include: [
      'test/core/model/*.test.ts',
      'test/features/audit/{audit-log,chain-end,checkpoints,entry,line-seals,verify-audit,verify-checkpoint,verify-segment}.test.ts',
      'test/features/drill/guards.test.ts',
      'test/features/fleet/decisions.test.ts',
      'test/features/recovery/model/*.test.ts',
      'test/features/recovery/planning/preflight.test.ts',
      'test/features/recovery/request/{approved,state-machine,state-machine-facts,state-machine-refusals}.test.ts',
      'test/features/recovery-points/plan.test.ts',
      'test/features/watch/{classify,deleted-keys}.test.ts',
      'test/features/watch/model/*.test.ts',
    ],
    exclude: ['**/*.model.test.ts', '**/*-properties.test.ts', '**/node_modules/**'],
    testTimeout: 60_000,
    maxWorkers: 1,
  },
});
