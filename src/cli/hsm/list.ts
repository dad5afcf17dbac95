/** `hsm-warden hsm list` and `show`: the fleet, with what nobody protects. */
import { z } from 'zod';
import { type FleetHsmView, readStates, viewOf } from '../../features/fleet/decide.ts';
import { NOTHING_DECIDED } from '../../features/fleet/decisions.ts';
import { fleetOf } from '../../features/fleet/model/states.ts';
import { readFleet } from '../../features/fleet/read-fleet.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { isoCell } from '../connect/warden-options.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';

const DETAILS = [
  'protected: WARDEN_HSMS names it, or hsm add did. found, not-onboarded: a discovery has found it and nobody protects it; the second has no right for the backup app yet. excluded: people decided so. vanished: whole discoveries do not list it any more.',
  'Needs WARDEN_DISCOVERY_SCOPES for anything beyond WARDEN_HSMS. Where the list is old or not sealed it says so on standard error.',
];

export const hsmList = defineCommand({
  path: 'hsm list',
  summary: 'List the HSMs of the fleet and how each stands',
  details: DETAILS,
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden hsm list', 'hsm-warden hsm list -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const { hsms, doubts } = await fleetFor(context, given);
    return {
      data: hsms,
      doubts,
      table: {
        columns: ['Name', 'State', 'Location', 'LastSeen', 'Note'],
        rows: hsms.map((hsm) => [
          hsm.name,
          hsm.state,
          hsm.location,
          isoCell(hsm.lastSeenAt),
          (hsm.excluded ?? hsm.added)?.reason ?? hsm.why,
        ]),
        wraps: true,
      },
    };
  },
});

export const hsmShow = defineCommand({
  path: 'hsm show',
  summary: 'Show an HSM of the fleet, and what to run so that it is protected',
  details: DETAILS,
  format: 'table',
  arguments: [{ name: '<name>', description: 'name of the HSM' }],
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden hsm show contoso'],
  schema: z.object({ ...ConnectionOptions, name: z.string().min(1) }),
  async run(context, given) {
    const { hsms, doubts } = await fleetFor(context, given);
    const found = hsms.find(({ name }) => name.toLowerCase() === given.name.toLowerCase());
    if (found === undefined)
      throw new UsageError(
        [`Neither settings nor discoveries know an HSM ${given.name}.`, ...doubts].join(' '),
        'hsm-warden hsm list',
      );
    return { data: found, doubts, table: hsmTable(found) };
  },
});

/** One HSM as a table. */
export function hsmTable(hsm: FleetHsmView) {
  const { name, state, resource, url, location, role, why, excluded, added, commands } = hsm;
  const decided = excluded ?? added;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['name', name],
    ['state', state],
    ['resource', resource],
    ['address', url],
    ['location', location],
    ['right to list keys', role],
    ['note', why],
    ['excluded by', excluded?.by],
    ['added by', added?.by],
    ['reason', decided?.reason],
    ['line of the audit log', decided && `${decided.line}`],
    ...commands.map(
      (command, index) => [index === 0 ? 'to protect it' : 'then or instead', command] as const,
    ),
  ];
  return {
    columns: ['Fact', 'Value'],
    wraps: true as const,
    rows: [
      ...facts.filter(([, value]) => value !== undefined),
      ...(decided === undefined ? [] : [['decided', isoCell(decided.at)] as const]),
      ...(hsm.lastSeenAt === undefined ? [] : [['last seen', isoCell(hsm.lastSeenAt)] as const]),
      ...(hsm.vanishedAt === undefined ? [] : [['vanished', isoCell(hsm.vanishedAt)] as const]),
    ],
  };
}

async function fleetFor(context: CliContext, given: z.output<z.ZodObject<typeof ConnectionOptions>>) {
  const connection = await connect(context, given);
  const config = requireConfig(connection);
  // Where nothing is searched for, the settings name the whole fleet, and nothing is in doubt.
  if (config.fleet.scopes.length === 0)
    return { hsms: fleetOf(config.hsms, undefined, NOTHING_DECIDED).map(viewOf), doubts: [] };
  const { state, seals, decided } = openStore(connection, config, context);
  const { fleet, doubt } = await readFleet(state, seals, context.clock.now(), context.signal);
  const hsms = (await readStates(decided, config.hsms, fleet)).map(viewOf);
  return { hsms, doubts: doubt === undefined ? [] : [`CANNOT TELL: ${doubt}`] };
}
