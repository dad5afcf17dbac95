/** `hsm-warden emulator`: one emulated Managed HSM on this machine, until Ctrl-C. */
import { z } from 'zod';
import { isWardenError } from '../core/errors.ts';
import { defineCommand } from './frame/define.ts';

/** Nothing happens between now and Ctrl-C; any long time will do. */
const A_DAY_MS = 86_400_000;

export const emulator = defineCommand({
  path: 'emulator',
  summary: 'Run an emulated Managed HSM on this machine until Ctrl-C',
  details: [
    'Prints where it is as one line of JSON. For everything it can do see docs/emulator.md; npm start runs two of them, with the app and its storage.',
  ],
  options: [
    { flags: '--port <n>', description: 'port to listen on (default: a free one)' },
    { flags: '-n, --name <name>', description: "the HSM's name (default: contoso)" },
    { flags: '--state <folder>', description: 'keep the keys in this folder' },
    { flags: '--seed-keys <n>', description: 'fill a new HSM with so many keys' },
  ],
  examples: ['hsm-warden emulator --port 8443 --state ./hsm'],
  schema: z.object({
    port: z.coerce.number().int().min(0).max(65535).default(0),
    name: z.string().default('contoso'),
    state: z.string().min(1).optional(),
    seedKeys: z.coerce.number().int().min(0).max(5000).default(0),
  }),
  async run({ stdout, clock, signal }, { port, name, state, seedKeys }) {
    // Only now: no other command needs the emulator's modules.
    const { startEmulator } = await import('../emulator/start-emulator.ts');
    const running = await startEmulator({
      port,
      name,
      seedKeys,
      ...(state === undefined ? {} : { stateDir: state }),
    });
    try {
      const { url, caFile, token } = running;
      stdout.write(`${JSON.stringify({ url, caFile, token, name: running.name })}\n`);
      for (;;) await clock.sleep(A_DAY_MS, signal);
    } catch (error) {
      if (isWardenError(error, 'aborted')) return {};
      throw error;
    } finally {
      await running.close();
    }
  },
});
