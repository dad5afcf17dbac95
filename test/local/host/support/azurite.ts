/** A queue-only Azurite in memory, as its own process. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { connectionStringOf } from '../../../../src/local/azurite.ts';

const ACCOUNT = 'devstoreaccount1';

/** A running Azurite. */
export interface Azurite {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Starts it on a free port and resolves once it listens. */
export async function startAzurite(): Promise<Azurite> {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/queue/main.js');
  const flags = [
    '--queuePort',
    '0',
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
  ];
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listens on (http:\S+)/.exec(line)?.[1];
    if (!url) continue;
    return {
      connectionString: connectionStringOf({ queueUrl: `${url}/${ACCOUNT}` }),
      async stop() {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error('Azurite ended before it listened');
}
