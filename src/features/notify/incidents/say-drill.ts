/** How the events of the drills are said. */
import { z } from 'zod';
import { epochOf } from '../../../core/time.ts';
import { DRILL_EVENTS } from '../../drill/events.ts';
import type { Occurrence } from '../model/occurrence.ts';
import type { ShowKey } from './words.ts';

/** What is read of these events. */
const Data = z.object({
  hsm: z.string(),
  key: z.string().optional(),
  drillHsm: z.string().optional(),
  reasons: z.array(z.string()).optional(),
  passed: z.array(z.string()).optional(),
  capturedAt: z.iso.datetime().optional(),
  keys: z.number().optional(),
  oldestDays: z.number().optional(),
  everyDays: z.number().optional(),
  residue: z.number().optional(),
  proven: z.number().optional(),
  metadataOnly: z.number().optional(),
  failed: z.number().optional(),
  verdict: z.enum(['proven', 'metadata-only']).optional(),
});
type Data = z.infer<typeof Data>;

type Said = Omit<Occurrence, 'id' | 'at' | 'severity'>;

const KINDS = new Map<string, string>(DRILL_EVENTS.map(({ type, kind }) => [type, kind]));
/** Reasons in a message. */
const MOST_REASONS = 3;

/** What an event of the drills means; undefined when it is none, or is not understood. */
export function sayDrill(
  event: { readonly type: string; readonly data: object },
  show: ShowKey,
): Said | undefined {
  const kind = KINDS.get(event.type);
  const parsed = Data.safeParse(event.data);
  if (kind === undefined || !parsed.success) return undefined;
  const { data } = parsed;
  const common: Omit<Said, 'what' | 'todo'> = {
    family: 'drill',
    subject: kind,
    hsm: data.hsm,
    effect: 'open',
    lasting: false,
    rank: 0,
    turn: 'whoever runs HSM Warden',
    facts: [],
  };
  switch (kind) {
    case 'drill-failed':
      return failed(data, show);
    case 'drill-proven':
      return { ...common, ...proven(data, show) };
    case 'drill-overdue':
      return { ...common, ...overdue(data) };
    case 'drill-caught-up':
      return {
        ...common,
        subject: 'drill-overdue',
        effect: 'resolve',
        rank: 1,
        what: `Drills have proven the backups of every key of HSM ${data.hsm} in time again.`,
        todo: 'Nothing is left to do.',
        turn: 'nobody',
      };
    case 'drill-refused':
      return {
        ...common,
        lasting: true,
        what: `No drill runs on HSM ${data.hsm}. ${listed(data.reasons)}`,
        todo: 'Put right what is named: until then no backup is proven by bringing its key back.',
        facts: residue(data),
      };
    case 'drill-broken':
      return {
        ...common,
        lasting: true,
        what: `A drill on HSM ${data.hsm} passed that had to fail: no result of a drill can be believed. ${listed(data.passed)}`,
        todo: 'Look into it at once, and count on no drill of this HSM until then.',
        turn: 'the security team',
      };
    case 'drill-trusted':
      return {
        ...common,
        subject: 'drill-broken',
        effect: 'resolve',
        rank: 1,
        what: `Every drill on HSM ${data.hsm} that had to fail has failed: results of drills can be believed again.`,
        todo: 'Results from before this one were not to be believed: see that the keys they are about are drilled again.',
        turn: 'whoever runs HSM Warden',
      };
    default:
      // What one of them found has an event of its own; what had kept drills from running is over where some ran.
      return {
        ...common,
        subject: hasDrilled(data) ? 'drill-refused' : kind,
        effect: 'resolve',
        rank: 1,
        what: `Drills run on HSM ${data.hsm} again.`,
        todo: 'Nothing is left to do.',
        turn: 'nobody',
      };
  }
}

function failed({ hsm, key = 'unknown', drillHsm, reasons, capturedAt }: Data, show: ShowKey): Said {
  return {
    family: 'drill',
    subject: subjectOfFailure(key),
    hsm,
    key,
    effect: 'open',
    lasting: true,
    rank: 0,
    what: `A drill did not bring back key ${show(key)} of HSM ${hsm} from its backup. ${listed(reasons)}`,
    todo: `Do not count on this backup, and keep the key. A fresh backup was asked for; see that it was made: hsm-warden backup list --hsm ${hsm} --key ${show(key)}`,
    turn: 'whoever runs HSM Warden',
    facts: [
      ...(capturedAt === undefined ? [] : [{ label: 'Taken', at: epochOf(capturedAt) }]),
      ...(drillHsm === undefined ? [] : [{ label: 'Drill HSM', text: drillHsm }]),
    ],
  };
}

function proven({ hsm, key = 'unknown', verdict }: Data, show: ShowKey): Omit<Said, 'facts'> {
  const used =
    verdict === 'proven'
      ? 'and its key was used'
      : 'and compared; it was not used, so this is no proof of its material';
  return {
    family: 'drill',
    subject: subjectOfFailure(key),
    hsm,
    key,
    effect: 'resolve',
    lasting: false,
    rank: 1,
    what: `Key ${show(key)} of HSM ${hsm} was brought back from its newest backup in a drill, ${used}.`,
    todo: 'Nothing is left to do.',
    turn: 'nobody',
  };
}

/** Apart from what the watch reports of the key's backups: neither ends the other. */
function subjectOfFailure(key: string): string {
  return `drill-failed ${key}`;
}

function overdue({ hsm, keys = 0, oldestDays = 0, everyDays = 0 }: Data): Pick<Said, 'what' | 'todo'> {
  const of = keys === 1 ? '1 key' : `${keys} keys`;
  return {
    what: `No drill has proven the backups of ${of} of HSM ${hsm} for up to ${oldestDays} days; every ${everyDays} days are wanted.`,
    todo: 'See that drills run, and how many they may do in a night.',
  };
}

function hasDrilled({ proven = 0, metadataOnly = 0, failed: wrong = 0, residue: left = 0 }: Data): boolean {
  return proven + metadataOnly + wrong > 0 && left === 0;
}

function residue({ residue: left = 0 }: Data): Said['facts'] {
  return left === 0 ? [] : [{ label: 'Copies that could not be removed', text: String(left) }];
}

function listed(reasons: readonly string[] = []): string {
  const text = reasons
    .slice(0, MOST_REASONS)
    .map((reason) => reason.replace(/\.$/, ''))
    .join('; ');
  return `${text === '' ? 'No reason is known' : text}.`;
}
