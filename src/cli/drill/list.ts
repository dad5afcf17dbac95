/** `hsm-warden drill list` and `show`: what drills have proven, and how long it took. */
import { z } from 'zod';
import { isSameName } from '../../core/model/key-name.ts';
import { KeyName } from '../../core/model/names.ts';
import { goodOf } from '../../features/drill/model/results.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { chosenHsms, HSM_CHOICE, HsmChoice, momentCell } from '../connect/warden-options.ts';
import { withAddedHsms } from '../connect/with-added-hsms.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { chosenSites, readAllResults, remarksOn } from './results.ts';

export const drillList = defineCommand({
  path: 'drill list',
  summary: 'List what drills have proven, key by key',
  details: ['The last result of each key. Where seals are configured, only sealed results count.'],
  format: 'table',
  options: [HSM_CHOICE, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden drill list', 'hsm-warden drill list --hsm contoso -o json'],
  schema: z.object({ ...HsmChoice, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    chosenSites(config, given.hsm);
    const [only] = given.hsm === undefined ? [] : chosenHsms(config, given.hsm);
    const store = openStore(connection, config, context);
    const results = await readAllResults(store, config, context.signal, only?.name);
    const remarks = await remarksOn(store, results, context.signal);
    return {
      data: results,
      table: {
        columns: ['Hsm', 'Key', 'Kind', 'Verdict', 'Drilled', 'Proven', 'Reasons'],
        rows: results.map((drills) => {
          const { hsm, key, kind, verdict, endedAt, reasons } = drills.last;
          const proven = momentCell(goodOf(drills)?.endedAt);
          const said = [...reasons, remarks.get(drills) ?? ''].join(' ').trim();
          return [hsm, key, kind, verdict, momentCell(endedAt), proven, said];
        }),
        wraps: true,
      },
    };
  },
});

export const drillShow = defineCommand({
  path: 'drill show',
  summary: 'Show the last drill of a key: its steps, their durations, and what was done with the key',
  format: 'table',
  arguments: [{ name: '<key>', description: 'name of the key' }],
  options: [HSM_CHOICE, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden drill show payments-data --hsm contoso'],
  schema: z.object({ ...HsmChoice, ...ConnectionOptions, key: KeyName }),
  async run(context, given) {
    const connection = await withAddedHsms(await connect(context, given), context, given);
    const config = requireConfig(connection);
    chosenSites(config, given.hsm);
    const store = openStore(connection, config, context);
    const all = await readAllResults(store, config, context.signal, given.hsm);
    const found = all.filter(({ last }) => isSameName(last.key, given.key));
    const [drills] = found;
    if (drills === undefined)
      throw new UsageError(
        `No drill of a key ${given.key} is known.`,
        'hsm-warden drill run --key drills it.',
      );
    if (found.length > 1) throw new UsageError(`Several HSMs have a key ${given.key}.`, 'Add --hsm.');
    const { last } = drills;
    const remark = (await remarksOn(store, [drills], context.signal)).get(drills);
    const steps = Object.entries(last.steps).map(([step, ms]) => [`step ${step}`, `${ms} ms`]);
    return {
      data: drills,
      table: {
        columns: ['What', 'Value'],
        rows: [
          ['key', `${last.key} on HSM ${last.hsm}`],
          ['verdict', last.verdict],
          ...last.reasons.map((reason) => ['reason', reason]),
          ...(remark === undefined ? [] : [['note', remark]]),
          ['drilled in', last.drillHsm],
          ['drilled', momentCell(last.endedAt)],
          ['recovery point', last.point.blob],
          ...(last.point.versionId === undefined ? [] : [['blob version', last.point.versionId]]),
          ['SHA-256', last.point.sha256],
          ...last.used.map(({ version, how }) => [`version ${version}`, how]),
          ...last.unused.map(({ version, limit }) => [`version ${version}`, `not used: ${limit}`]),
          ...steps,
        ],
        wraps: true,
      },
    };
  },
});
