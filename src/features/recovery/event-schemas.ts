/** The JSON Schema of each event of the recovery, made from the type that makes the events. */
import { z } from 'zod';
import { RECOVERY_EVENT_TYPES, RecoveryCloudEvent } from './cloud-event.ts';

/** JSON Schemas (draft 2020-12) as text, by file name, e.g. `recovery-requested.schema.json`. */
export function recoveryEventSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(RECOVERY_EVENT_TYPES).map(([fact, type]) => {
      const schema = RecoveryCloudEvent.extend({ type: z.literal(type) });
      const body = { title: type, ...z.toJSONSchema(schema) };
      return [`recovery-${fact}.schema.json`, `${JSON.stringify(body, undefined, 2)}\n`];
    }),
  );
}
