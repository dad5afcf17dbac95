/** Starts hosts for tests and stops them when the test ends. */
import { onTestFinished } from 'vitest';
import { startHost } from '../../../../src/local/host/host.ts';
import type { HostLogLine } from '../../../../src/local/host/host-log.ts';
import type { Host, HostOptions } from '../../../../src/local/host/host-options.ts';
import { createMemoryScheduleStore } from '../../../../src/local/host/timer/schedule-store.ts';
import { acts } from '../apps/script.ts';

/** A host under test, and what it wrote. */
export interface TestHost {
  readonly host: Host;
  readonly lines: readonly HostLogLine[];
}

/** The URL of a fixture app. */
export function fixtureApp(name: 'http-app' | 'work-app'): URL {
  return new URL(`../apps/${name}.ts`, import.meta.url);
}

/** Starts a host on a free port; timers' records live in memory. */
export async function startTestHost(
  options: Partial<HostOptions> & Pick<HostOptions, 'entry'>,
): Promise<TestHost> {
  const lines: HostLogLine[] = [];
  const host = await startHost({
    hostJson: { version: '2.0' },
    httpPort: 0,
    scheduleStore: createMemoryScheduleStore(),
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await host.stop(0);
    acts.clear();
  });
  return { host, lines };
}
