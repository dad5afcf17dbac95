/** `hsm-warden seal export`: the pinned keys written out, to be kept where the operators are when nothing else answers. */
import { z } from 'zod';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { pinnedKeys } from './pinned.ts';

export const sealExport = defineCommand({
  path: 'seal export',
  summary: 'Print the pinned keys, for break glass and for the settings',
  details: [
    'Prints the value of WARDEN_SEAL_PUBLIC_KEYS with every public key written out. Keep it where the operators are, after the deployment and after each rotation: with it seals are verified on any machine, while the vault and the apps are gone. The keys are public.',
    'Set as WARDEN_SEAL_PUBLIC_KEYS of the apps it spares them the reading of the vault at their start.',
  ],
  format: 'json',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden seal export', 'hsm-warden seal export --emulator'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    return { data: await pinnedKeys(await connect(context, given), context) };
  },
});
