/** Everything that is wrong with a prediction, judged by rules that say what each resource must be. */
import { checkExpected } from '../expected.ts';
import { factsOf } from '../facts.ts';
import type { DeploymentPromise } from '../promise.ts';
import type { Snapshot } from '../snapshot.ts';
import { alerts } from './alerts.ts';
import { apps } from './apps.ts';
import { backups } from './backups.ts';
import { auditHub, events } from './events.ts';
import { grants } from './grants.ts';
import { hsms } from './hsms.ts';
import { identities } from './identities.ts';
import { logs } from './logs.ts';
import { network } from './network.ts';
import { checkOutputs } from './outputs.ts';
import { checkQueries } from './queries.ts';
import { checkSecrets } from './secrets.ts';
import { hostStorage } from './storage.ts';

/** A sentence for each, beginning with the name of the rule. */
export function violations(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  const facts = factsOf(snapshot, promise);
  const expected = [
    identities,
    logs,
    events,
    auditHub,
    hostStorage,
    backups,
    hsms,
    network,
    apps,
    grants,
    alerts,
  ];
  return [
    ...checkExpected(
      facts,
      expected.flatMap((part) => part(facts)),
    ),
    ...checkOutputs(facts),
    ...checkQueries(facts),
    ...checkSecrets(snapshot),
  ];
}
