/** `hsm-warden hsm exclude` and `add`: decisions about HSMs that were found, in the audit log. */
import { z } from 'zod';
import { HsmName } from '../../core/model/names.ts';
import { defineCommand } from '../frame/define.ts';
import { API_OPTIONS, ApiOptions, openApi } from '../recovery/open-api.ts';
import { hsmTable } from './list.ts';

const ARGUMENTS = [{ name: '<name>', description: 'name of the HSM, as hsm list shows it' }];
const OPTIONS = [{ flags: '--reason <text>', description: 'why, for the audit log' }, ...API_OPTIONS];
const schema = z.object({ ...ApiOptions, name: HsmName, reason: z.string('expected a reason').min(1) });
const INTERRUPTED =
  'whether it was decided is not known; hsm-warden hsm show says so. Run the same command again.';

export const hsmExclude = defineCommand({
  path: 'hsm exclude',
  summary: 'Decide that an HSM which was found need not be protected',
  details: [
    'For people who may approve recoveries. The decision is a sealed line of the audit log, about exactly this resource: another HSM of the same name is reported again. An HSM that WARDEN_HSMS names cannot be excluded.',
  ],
  format: 'table',
  arguments: ARGUMENTS,
  options: OPTIONS,
  examples: ["hsm-warden hsm exclude sandbox --reason 'no keys of value, ticket 4711'"],
  interrupted: INTERRUPTED,
  schema,
  async run(context, given) {
    const hsm = await (await openApi(context, given)).decideOnHsm('exclude', given.name, given.reason);
    return { data: hsm, table: hsmTable(hsm) };
  },
});

export const hsmAdd = defineCommand({
  path: 'hsm add',
  summary: 'Decide that an HSM which was found is protected, excluded or not',
  details: [
    'For people who may approve recoveries. The decision is a sealed line of the audit log, with the address of the HSM. Within minutes the apps back it up and watch it, without a deployment, as far as they have their roles on it: hsm-warden hsm show has the commands. Where decisions are not sealed it only takes back that the HSM is excluded, and WARDEN_HSMS has to name it.',
  ],
  format: 'table',
  arguments: ARGUMENTS,
  options: OPTIONS,
  examples: ["hsm-warden hsm add sandbox --reason 'in use since May, ticket 4712'"],
  interrupted: INTERRUPTED,
  schema,
  async run(context, given) {
    const hsm = await (await openApi(context, given)).decideOnHsm('add', given.name, given.reason);
    return { data: hsm, table: hsmTable(hsm) };
  },
});
