/** `hsm-warden recovery rearm`: shows what was found in the audit log; asks to arm the gate again, or approves that. */
import { z } from 'zod';
import type { GateView, RearmingView } from '../../features/recovery/rearming/routes.ts';
import type { Answer } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { API_OPTIONS, ApiOptions, openApi } from './open-api.ts';

export const recoveryRearm = defineCommand({
  path: 'recovery rearm',
  summary: 'Arm the gate again after something was found in the audit log',
  details: [
    'Without options it shows whether the gate is armed, what was found, and the decision that waits. With --reason it asks for the decision: what is found now is what is decided about. With --approve it approves exactly what the digest stands for; it takes the people that the policy demands for a recovery, none of them the one who asked.',
    'Compare the log with the copies that your events or SIEM have before you approve. Requests that are open have to be made again afterwards.',
  ],
  format: 'table',
  options: [
    { flags: '--reason <text>', description: 'ask for it: what was found out about the finding' },
    { flags: '--approve <digest>', description: 'approve it: the digest of what is decided' },
    ...API_OPTIONS,
  ],
  examples: [
    'hsm-warden recovery rearm',
    "hsm-warden recovery rearm --reason 'a script of ours appended a line, ticket 4711'",
  ],
  interrupted:
    'whether it was taken is not known; hsm-warden recovery rearm tells. The same command can be run again.',
  schema: z
    .object({
      ...ApiOptions,
      reason: z.string().min(1).optional(),
      approve: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')
        .optional(),
    })
    .refine(
      ({ reason, approve }) => reason === undefined || approve === undefined,
      'expected one of --reason and --approve',
    ),
  async run(context, given) {
    const api = await openApi(context, given);
    if (given.reason !== undefined) return decisionAnswer(await api.askToRearm(given.reason));
    if (given.approve !== undefined) return decisionAnswer(await api.approveRearming(given.approve));
    return gateAnswer(await api.gate());
  },
});

function gateAnswer(gate: GateView): Answer {
  const { armed, problems, found, rearming } = gate;
  return {
    data: gate,
    table: {
      columns: ['Fact', 'Value'],
      rows: [
        ['gate', armed ? 'armed' : 'disarmed'],
        ...problems.map((problem) => ['problem', problem]),
        ...found.map(({ id, at, problem }) => [`finding ${id.slice(0, 8)}`, `${problem} (${at})`]),
        ...(rearming === undefined ? [] : decisionRows(rearming)),
      ],
    },
  };
}

function decisionAnswer(rearming: RearmingView): Answer {
  return { data: rearming, table: { columns: ['Fact', 'Value'], rows: decisionRows(rearming) } };
}

function decisionRows(rearming: RearmingView): string[][] {
  const { state, digest, requester, reason, found, log, approvals, missingApprovals, missingGroups } =
    rearming;
  return [
    ['decision', state],
    ['digest', digest],
    ['asked by', requester.name],
    ['reason', reason],
    ...found.map(({ id, problem }) => [`takes note of ${id.slice(0, 8)}`, problem]),
    ['log', `${log.entries} lines follow each other, the last is ${log.lastLine}; SHA-256 ${log.sha256}`],
    ...approvals.map(({ by, at }) => ['approved by', `${by.name} (${at})`]),
    ['missing', `${missingApprovals} approval(s)${missingGroups.map((group) => `, ${group}`).join('')}`],
    ['expires', rearming.expiresAt],
  ];
}
