/** The list of an HSM's keys as a sweep reads it: page by page, and an item that cannot be read is noted as that key's failure. */
import { eachPage } from '../../core/each-page.ts';
import type { ListedKey } from '../../core/model/key.ts';
import { reasonToSkipName } from '../../core/model/selection.ts';
import type { ListPage, OddItem } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import type { RunLedger } from './run-ledger.ts';
import type { SweepWork } from './sweep-context.ts';

/** A listed key that could not be read is that key's failure; one without a readable name counts under a name of its own. */
export function noteOdd({ deps, policy, ledger, part }: SweepWork, odd: readonly OddItem[]): void {
  const { hsm, runId } = part;
  for (const { name, error } of odd) {
    const key = name ?? unusedName(ledger);
    const leftOut = name === undefined ? undefined : reasonToSkipName(name, policy.selection);
    if (leftOut !== undefined) {
      ledger.note(key, { outcome: 'skipped', reason: leftOut });
      continue;
    }
    const { code, message } = error;
    ledger.note(key, { outcome: 'failed', error: { code, message } });
    deps.logger.warn('key has no new backup', { hsm, runId, key, outcome: 'failed', error });
  }
}

function unusedName(ledger: RunLedger): string {
  for (let number = 1; ; number += 1) {
    const name = `unnamed-${number}`;
    if (ledger.standingOf(name) === undefined) return name;
  }
}

/** The pages of the list; the next is asked for while this one is dealt with. */
export async function* listPages(work: SweepWork): AsyncGenerator<ListPage<ListedKey>> {
  const { hsm } = work.part;
  const list = { code: 'hsm-answer-unexpected', what: `the keys of HSM ${hsm}`, hsm } as const;
  const pages = eachPage(list, (next) => listPage(work, next));
  let pending = pages.next();
  for (;;) {
    const page = await pending;
    if (page.done === true) return;
    pending = pages.next();
    // Its failure is met above, unless nobody wants the page any more.
    pending.catch(() => undefined);
    yield page.value;
  }
}

/** One page, repeated automatically when it fails: a long list need not begin again. */
function listPage({ deps, policy, part }: SweepWork, next: string | undefined): Promise<ListPage<ListedKey>> {
  const { hsm, runId, signal } = part;
  return withRetries(
    () => deps.keys.listKeys(next, signal),
    deps.clock,
    { ...policy.retry, until: part.deadline },
    signal,
    (error, attempt) => {
      deps.logger.warn('listing keys failed, trying again', { hsm, runId, attempt, error });
    },
  );
}
