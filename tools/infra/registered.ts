/** What the product's code registers, asked of the code itself. */
import { spawnSync } from 'node:child_process';
import { z } from 'zod';

const Registered = z.array(z.object({ name: z.string(), trigger: z.record(z.string(), z.json()) }));
/** A registered function and its trigger. */
export type RegisteredFunction = z.infer<typeof Registered>[number];

/**
 * Loads an entry point with exactly these settings and says what it registers. Throws, with what the app said, when it
 * does not start: settings it refuses are among the reasons.
 */
export function registeredBy(
  entry: string,
  settings: Readonly<Record<string, string>>,
): readonly RegisteredFunction[] {
  const run = spawnSync(process.execPath, ['tools/infra/registrations.ts', entry], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...settings },
  });
  if (run.status !== 0) throw new Error(`${entry} does not start with its settings:\n${run.stderr}`);
  return Registered.parse(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? ''));
}
