/** `hsm-warden emulator`: one emulated Managed HSM on this machine, until Ctrl-C. */
import { definedOnly } from '../core/defined-only.ts';
import { isWardenError } from '../core/errors.ts';
import { COMMAND_OPTIONS, CommandValues, optionsOf } from '../emulator/command-options.ts';
import { defineCommand } from './frame/define.ts';

/** Nothing happens between now and Ctrl-C; any long time will do. */
const A_DAY_MS = 86_400_000;

export const emulator = defineCommand({
  path: 'emulator',
  summary: 'Run an emulated Managed HSM on this machine until Ctrl-C',
  details: [
    'Prints where it is as one line of JSON. For everything it can do see docs/emulator.md; npm start runs two of them, with the app and its storage.',
  ],
  options: COMMAND_OPTIONS.map(({ name, short, value, description, choices }) => ({
    flags: `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`,
    description,
    ...definedOnly({ choices }),
  })),
  examples: [
    'hsm-warden emulator --port 8443 --state ./hsm',
    'hsm-warden emulator --retention-days 7 --purge-protection --seed-keys 20',
  ],
  schema: CommandValues,
  async run({ stdout, clock, signal }, values) {
    // Only now: no other command needs the emulator's modules, nor the libraries of its package.
    const { startEmulator } = await import('../emulator/start-emulator.ts');
    const running = await startEmulator(optionsOf(values));
    try {
      const { url, caFile, token, name, tenantId } = running;
      stdout.write(`${JSON.stringify({ url, caFile, token, name, tenantId })}\n`);
      for (;;) await clock.sleep(A_DAY_MS, signal);
    } catch (error) {
      if (isWardenError(error, 'aborted')) return {};
      throw error;
    } finally {
      await running.close();
    }
  },
});
