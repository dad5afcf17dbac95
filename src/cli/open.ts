/** `hsm-warden open`: prints where the console is, and opens it in a browser where a person is at the terminal. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { RecoveryId } from '../features/recovery/model/record.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from './connect/connection.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { UsageError } from './frame/failures.ts';
import { pageOf } from './recovery/api.ts';
import { recoveryUrl } from './recovery/open-api.ts';

/** What opens an address, by the platform of Node. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

export const open = defineCommand({
  path: 'open',
  summary: 'Open the console in a browser',
  details: [
    'Prints the address of the console, or of one request in it, and opens it where a person is at the terminal. The recovery app serves it: see docs/console.md.',
  ],
  format: 'table',
  arguments: [{ name: '[id]', description: 'a recovery request, whole' }],
  options: [
    { flags: '--app-url <url>', description: 'where the recovery app is (default: WARDEN_ORIGIN)' },
    { flags: '--print', description: 'only print the address' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden open', 'hsm-warden open --print', 'hsm-warden open 0r5kq1w7c2m8xj3v9b6t4n0a1z'],
  schema: z.object({
    ...ConnectionOptions,
    id: RecoveryId.optional(),
    print: z.boolean().default(false),
    appUrl: z
      .url({ protocol: /^https?$/ })
      .transform((url) => new URL(url).origin)
      .optional(),
  }),
  async run(context, given) {
    const origin = given.appUrl ?? recoveryUrl(await connect(context, given));
    if (origin === undefined) {
      throw new UsageError(
        'It is not known where the console is.',
        'hsm-warden init writes a profile that knows it; or set WARDEN_ORIGIN, or give --app-url.',
      );
    }
    const url = given.id === undefined ? `${origin}/` : pageOf(origin, given.id);
    const opened = !given.print && (await openInBrowser(url, context));
    return {
      data: { url, opened },
      table: { columns: ['Url'], rows: [[url]] },
      page: url,
    };
  },
});

/** Whether a browser was asked to. It is not where the answer goes to a program. */
async function openInBrowser(url: string, { stdout }: Pick<CliContext, 'stdout'>): Promise<boolean> {
  const opener = OPENERS[process.platform];
  if (opener === undefined || stdout.isTTY !== true) return false;
  const [command, ...args] = opener;
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
