/** `hsm-warden ack`: takes note of a lost key, which status and watch then no longer call LOST, or of an incident, which is then not repeated. */
import { z } from 'zod';
import type { FindingView } from '../features/recovery/findings/findings.ts';
import { isoCell } from './connect/warden-options.ts';
import { askLine } from './frame/ask.ts';
import type { Answer } from './frame/command.ts';
import { defineCommand } from './frame/define.ts';
import { GuardRefusal, UsageError } from './frame/failures.ts';
import type { RecoveryApi } from './recovery/api.ts';
import { API_OPTIONS, ApiOptions, openApi } from './recovery/open-api.ts';
import { onlyIdOf } from './recovery/recovery-id.ts';

export const ack = defineCommand({
  path: 'ack',
  summary: 'Acknowledge that a key is lost, or an incident that is repeated',
  details: [
    'For people who may approve recoveries. The recovery app proves who that is and writes it into the audit log, with the reason; from then on status and watch show the loss as acknowledged, by whom and why, and it no longer makes status unsafe. It brings nothing back. The loss of a later key of the same name is another finding.',
    'With the reference of an incident, as messages have it (HW-3F2A91), that is not repeated to people any more until it grows worse. Nothing else changes.',
    'Asks for the name of a lost key, unless --yes is given. A finding that is acknowledged already stays as it is.',
  ],
  format: 'table',
  arguments: [
    {
      name: '<finding>',
      description:
        'the finding, as status shows it (the beginning of its id is enough where it is the only one), or the reference of an incident',
    },
  ],
  options: [
    { flags: '--reason <text>', description: 'why nothing more is to be done, for the audit log' },
    { flags: '--yes', description: 'do not ask' },
    ...API_OPTIONS,
  ],
  examples: [
    "hsm-warden ack 3f9a02 --reason 'a test key, ticket 4711'",
    "hsm-warden ack HW-3F2A91 --reason 'known, ticket 4712'",
  ],
  interrupted:
    'whether it was acknowledged is not known; hsm-warden status tells. The same command can be run again.',
  schema: z.object({
    ...ApiOptions,
    finding: z
      .string()
      .regex(
        /^([0-9a-f]{1,16}|[Hh][Ww]-[0-9A-Fa-f]{6})$/,
        'expected up to 16 lower-case hex digits, or a reference like HW-3F2A91',
      ),
    reason: z.string('expected a reason').min(1),
    yes: z.boolean().default(false),
  }),
  async run(context, given) {
    const api = await openApi(context, given);
    if (/^hw-/i.test(given.finding)) return acknowledgeIncident(api, given.finding, given.reason);
    const findings = await api.findings();
    const ids = findings.map(({ id }) => id);
    const id = onlyIdOf(ids, given.finding, 'finding', 'hsm-warden status shows them.');
    const found = findings.find((one) => one.id === id);
    if (found?.acknowledged !== undefined) return answerOf(found);
    if (!given.yes) {
      context.stderr.write(`${found?.key} of ${found?.hsm} is lost; noticed ${found?.noticedAt}.\n`);
      const answer = await askLine(context, 'Type the name of the key to acknowledge this: ');
      if (answer?.trim() !== found?.key) {
        throw new GuardRefusal(
          'Nothing was acknowledged: the name of the key was not typed.',
          `It is ${found?.key}; or add --yes.`,
        );
      }
    }
    return answerOf(await api.acknowledge(id, given.reason));
  },
});

async function acknowledgeIncident(api: RecoveryApi, reference: string, reason: string): Promise<Answer> {
  const incidents = await api.incidents();
  const wanted = incidents.filter((one) => one.reference === reference.toUpperCase());
  const [incident] = wanted;
  if (incident === undefined || wanted.length > 1) {
    throw new UsageError(
      incident === undefined
        ? `No open incident that lasts is called ${reference}.`
        : `${wanted.length} incidents are called ${reference}.`,
      incidents.length === 0
        ? 'None is open: nothing is repeated.'
        : `Open are: ${incidents.map((one) => one.reference).join(', ')}.`,
    );
  }
  const { acknowledged, what, subjects, ...rest } = await api.acknowledgeIncident(incident.id, reason);
  return {
    data: { ...rest, what, subjects, acknowledged },
    table: {
      columns: ['Fact', 'Value'],
      wraps: true,
      rows: [
        ['incident', rest.reference],
        ['what', subjects === 1 ? what : `${what} And ${subjects - 1} more.`],
        ['since', isoCell(rest.since)],
        ['acknowledged by', acknowledged?.by],
        ['at', isoCell(acknowledged?.at)],
        ['reason', acknowledged?.reason],
      ],
    },
  };
}

function answerOf(finding: FindingView): Answer {
  const { id, hsm, key, lost, noticedAt, acknowledged } = finding;
  return {
    data: finding,
    table: {
      columns: ['Fact', 'Value'],
      wraps: true,
      rows: [
        ['finding', id],
        ['key', `${key} of HSM ${hsm}`],
        ['lost', lost === 'key' ? 'the key: no backup brings it back' : 'its newest version'],
        ['noticed', isoCell(noticedAt)],
        ['acknowledged by', acknowledged?.by],
        ['at', isoCell(acknowledged?.at)],
        ['reason', acknowledged?.reason],
      ],
    },
  };
}
