/** Brings a request up to date. */
import { PUBLISHING_MS } from '../../../core/events/bus.ts';
import { type RecoveryPolicy, ruleFor } from '../model/policy.ts';
import type { HeldRecord } from '../model/ports.ts';
import { unprovenIn } from './evidence.ts';
import { outcomeUnproven } from './outcome-proof.ts';
import { publishFacts } from './publish-facts.ts';
import { changeRecovery } from './recovery-log.ts';
import { type RefuseDeps, refuseUnproven } from './refuse-unproven.ts';
import { isDue } from './requirements.ts';
import { applyCommand } from './state-machine.ts';

/** What it needs. */
export interface RefreshDeps extends RefuseDeps {
  readonly policy: RecoveryPolicy;
}

/**
 * Lets the request expire when it is due, and publishes what is pending; facts of the last moments are left to whoever made
 * them and is about to publish them. Of a request that the audit log does not bear out nothing is published but that. Fails
 * with `recovery-unknown`, or as {@link publishFacts}.
 */
export async function refresh(deps: RefreshDeps, id: string): Promise<HeldRecord> {
  const now = deps.clock.now();
  let expired = false;
  const changed = await changeRecovery(deps.store, id, (record) => {
    expired = isDue(record, now);
    if (!expired) return record;
    return applyCommand(record, { type: 'expire' }, now, ruleFor(deps.policy, record.operation.key));
  });
  if (expired) return publishFacts(deps, changed);
  const isPending = changed.record.untold.some(({ at }) => now - at >= PUBLISHING_MS);
  if (!isPending) return changed;
  const logged = await deps.evidence.of(id);
  const unproven =
    unprovenIn(changed.record, logged) ?? (await outcomeUnproven(deps, changed.record, logged));
  return unproven === undefined ? publishFacts(deps, changed) : refuseUnproven(deps, changed, unproven);
}
