/** Why a decision came too late: what happened to the request since it was made, in sentences for whoever decided. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { HeldRecord } from '../model/ports.ts';
import type { Happened } from './history.ts';

/** Where it is asked. */
export interface MeanwhileDeps {
  get(): Promise<HeldRecord>;
  history(): Promise<readonly Happened[]>;
}

/** The refusals that something which happened meanwhile explains. */
const MEANWHILE = [
  'digest-mismatch',
  'recovery-not-open',
  'recovery-expired',
  'recovery-claimed',
  'approved-already',
  'precondition-failed',
] as const;

/** What was done, by whom. What only follows from it, and what the page showed at first, is not among them. */
const WORDS: Readonly<Record<string, (by: string) => string>> = {
  'approval-given': (by) => `${by} approved it`,
  rejected: (by) => `${by} rejected it`,
  cancelled: (by) => `${by} cancelled it`,
  expired: () => 'Its time ran out',
  'execution-started': () => 'Its execution began',
  succeeded: () => 'It succeeded',
  failed: () => 'It failed',
  'restored-other-key': () => 'Another key than the approved one came back',
};

/** `error` with what changed, where it is a refusal that changes explain; `digest`: of what was decided about. */
export async function withChanges(
  deps: MeanwhileDeps,
  error: unknown,
  digest: string | undefined,
): Promise<unknown> {
  if (!isWardenError(error, ...MEANWHILE)) return error;
  try {
    const [{ record }, history] = await Promise.all([deps.get(), deps.history()]);
    const isOther = digest !== undefined && digest !== record.digest;
    const changes = [
      ...(isOther ? ['What will be done is not what was shown: read it again.'] : []),
      ...history.flatMap(inWords),
    ];
    const { code, message, advice, hsm, key } = error;
    return new WardenError(code, { message, changes, cause: error, ...definedOnly({ advice, hsm, key }) });
  } catch (second) {
    // The refusal stands, whether or not it can be explained.
    if (!isWardenError(second)) throw second;
    return error;
  }
}

function inWords({ event, by, detail }: Happened): string[] {
  const words = WORDS[event]?.(by);
  if (words === undefined) return [];
  // Of an approval the detail is how the person signed in.
  const whole = detail === undefined || event === 'approval-given' ? words : `${words}: ${detail}`;
  return [whole.endsWith('.') ? whole : `${whole}.`];
}
