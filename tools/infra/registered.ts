/** What the product's code registers, asked of the code itself. */
import { spawnSync } from 'node:child_process';
import { z } from 'zod';

const Registered = z.array(z.object({ name: z.string(), trigger: z.record(z.string(), z.json()) }));
/** A registered function and its trigger. */
export type RegisteredFunction = z.infer<typeof Registered>[number];

/** An app to load, and the settings it gets. */
interface Request {
  readonly entry: string;
  readonly settings: Readonly<Record<string, string>>;
}

const known = new Map<string, readonly (readonly RegisteredFunction[])[]>();

/**
 * Loads entry points with exactly these settings and says what each registers. Throws, with what the app said, when one
 * does not start: settings it refuses are among the reasons. The same question is asked once.
 */
export function registeredBy(requests: readonly Request[]): readonly (readonly RegisteredFunction[])[] {
  const question = JSON.stringify(requests);
  const answer = known.get(question) ?? ask(question);
  known.set(question, answer);
  return answer;
}

function ask(question: string): readonly (readonly RegisteredFunction[])[] {
  const run = spawnSync(process.execPath, ['tools/infra/registrations.ts', question], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  if (run.status !== 0) throw new Error(`an app does not start with its settings:\n${run.stderr}`);
  return z.array(Registered).parse(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? ''));
}
