/** Azurite starts without the package by which it would report its use, and is never asked to report. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { z } from 'zod';

const Lock = z.object({ packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional() })) });

it('what Azurite loads in the place of its telemetry has no function that could report', () => {
  const load = createRequire(createRequire(import.meta.url).resolve('azurite/package.json'));

  expect(load('applicationinsights')).toEqual({});
});

it('no package of OpenTelemetry or Application Insights is installed for it', () => {
  const { packages } = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const telemetry = Object.keys(packages).filter((name) => /opentelemetry|applicationinsights/.test(name));

  expect(telemetry).toEqual(['node_modules/applicationinsights']);
  expect(packages[telemetry[0] ?? '']?.resolved).toBe('tools/azurite-telemetry');
});

it('every file that starts Azurite switches its telemetry off', () => {
  const starts = globSync(['src/**/*.ts', 'tools/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts']).filter((file) =>
    readFileSync(file, 'utf8').includes("'--skipApiVersionCheck'"),
  );

  expect(starts).toContain('src/local/azurite.ts');
  expect(starts.filter((file) => !readFileSync(file, 'utf8').includes("'--disableTelemetry'"))).toEqual([]);
});
