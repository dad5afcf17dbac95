/** `hsm-warden audit show`: entries of the audit log, for people and for programs. */
import { z } from 'zod';
import { type AuditEntry, parseEntry } from '../../features/audit/entry.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { momentCell } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { wholeNumber } from '../frame/option-values.ts';

export const auditShow = defineCommand({
  path: 'audit show',
  summary: 'Show entries of the audit log, oldest first',
  format: 'table',
  options: [
    { flags: '--day <day>', description: 'only this day, UTC, like 2026-11-24' },
    { flags: '--recovery <id>', description: 'only entries about this recovery' },
    { flags: '--key <name>', description: 'only entries about this key' },
    { flags: '--last <n>', description: 'only the last so many (default: 50)' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden audit show --day 2026-11-24',
    'hsm-warden audit show --key payments-data --last 200 -o json',
  ],
  schema: z.object({
    ...ConnectionOptions,
    day: z.iso.date('expected a day like 2026-11-24').optional(),
    recovery: z.string().optional(),
    key: z.string().optional(),
    last: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(50),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const { auditStore, anchor } = openStore(connection, requireConfig(connection), context);
    const found: AuditEntry[] = [];
    let unreadable = 0;
    const segment = (await anchor.read())?.segment?.name;
    for await (const part of auditStore.parts(segment)) {
      if (given.day !== undefined && part.day !== given.day) continue;
      for (const line of (await auditStore.read(part)).split('\n').filter(Boolean)) {
        const entry = parseEntry(line);
        if (entry === undefined) unreadable += 1;
        else if (isWanted(entry, given)) found.push(entry);
      }
    }
    if (unreadable > 0) {
      context.stderr.write(`${unreadable} lines are no entries; see hsm-warden audit verify.\n`);
    }
    const shown = found.slice(-given.last);
    return {
      data: shown,
      table: {
        columns: ['Seq', 'At', 'Event', 'Who', 'Decision', 'Hsm', 'Key', 'Recovery', 'Detail'],
        rows: shown.map((entry) => [
          entry.seq,
          momentCell(entry.at),
          entry.event,
          entry.actor.name,
          entry.decision,
          entry.hsm,
          entry.key,
          entry.recoveryId,
          entry.detail ?? entry.code,
        ]),
      },
    };
  },
});

function isWanted(
  entry: AuditEntry,
  { recovery, key }: { readonly recovery?: string | undefined; readonly key?: string | undefined },
): boolean {
  return (
    (recovery === undefined || entry.recoveryId === recovery) &&
    (key === undefined || entry.key?.toLowerCase() === key.toLowerCase())
  );
}
