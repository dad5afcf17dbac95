/** Which documents the backup app and the drill app may write: their own, by the code's own names, and none of another's. */
import { ANCHOR_BLOB } from '../../src/adapters/audit/audit-names.ts';
import { documentBlobName, leaseBlobName } from '../../src/adapters/blob/layout.ts';
import type { AddressOf, DocumentKind } from '../../src/core/documents/document-store.ts';
import { ofType, type Snapshot, text } from './snapshot.ts';

const HSM = 'contoso';
type Writer = 'backup' | 'recovery' | 'drill' | 'owners';

/** Who writes each kind of document, with one of it: a new kind cannot be left out. */
const DOCUMENTS: {
  readonly [Kind in DocumentKind]: { readonly by: Writer; readonly one: AddressOf<Kind> };
} = {
  catalogue: { by: 'backup', one: { kind: 'catalogue', hsm: HSM } },
  run: { by: 'backup', one: { kind: 'run', hsm: HSM, runId: '20261124T020000Z-nightly' } },
  'last-run': { by: 'backup', one: { kind: 'last-run', hsm: HSM } },
  'open-run': { by: 'backup', one: { kind: 'open-run', hsm: HSM } },
  watch: { by: 'backup', one: { kind: 'watch', hsm: HSM } },
  verify: { by: 'backup', one: { kind: 'verify', hsm: HSM } },
  fleet: { by: 'backup', one: { kind: 'fleet' } },
  'fleet-summary': { by: 'backup', one: { kind: 'fleet-summary', place: 0 } },
  summary: { by: 'backup', one: { kind: 'summary', hsm: HSM } },
  // Of both apps: who backs up a key that came back shares the pace, too.
  pace: { by: 'backup', one: { kind: 'pace', hsm: HSM } },
  drill: { by: 'drill', one: { kind: 'drill', hsm: HSM } },
  'drill-results': { by: 'drill', one: { kind: 'drill-results', hsm: HSM } },
  // By the command line, with the right of who owns the key.
  'drill-enrolments': { by: 'owners', one: { kind: 'drill-enrolments', hsm: HSM } },
  recovery: { by: 'recovery', one: { kind: 'recovery', id: '0'.repeat(26) } },
  adoptions: { by: 'recovery', one: { kind: 'adoptions', hsm: HSM } },
  'recovery-index': { by: 'recovery', one: { kind: 'recovery-index' } },
  rearming: { by: 'recovery', one: { kind: 'rearming' } },
  'webhook-rate': { by: 'recovery', one: { kind: 'webhook-rate', source: 'alerts' } },
  'notify-incidents': { by: 'backup', one: { kind: 'notify-incidents', scope: 'product' } },
  'notify-channel': { by: 'backup', one: { kind: 'notify-channel', channel: 'ops' } },
  'notify-acknowledged': { by: 'recovery', one: { kind: 'notify-acknowledged' } },
};

/** The locks that each app takes. */
const LOCKS: Readonly<Record<'backup' | 'drill', string>> = {
  backup: leaseBlobName(HSM),
  drill: leaseBlobName(`drill-${HSM}`),
};

/** Compares the conditions of the rights on the state, of each app that has such a right, with the code's names. */
export function checkStatePaths(snapshot: Snapshot): readonly string[] {
  const assignments = ofType(snapshot, 'Microsoft.Authorization/roleAssignments').filter(({ id }) =>
    id.includes('/containers/warden-state/'),
  );
  return (['backup', 'drill'] as const).flatMap((app) => {
    const own = assignments.filter((one) => text(one, 'principalId').includes(`-${app}-`));
    // Without a drill HSM there is no drill app. That an app lacks its right is found by the rule over the rights.
    if (app === 'drill' && own.length === 0) return [];
    return problemsOf(app, own.map((one) => text(one, 'condition')).join(' '));
  });
}

function problemsOf(app: 'backup' | 'drill', condition: string): readonly string[] {
  const prefixes = [...condition.matchAll(/:path\] StringLike '([^'*]+)\*'/g)].map(
    ([, prefix = '']) => prefix,
  );
  const writable = (blob: string) => prefixes.some((prefix) => blob.startsWith(prefix));
  const documents = Object.values(DOCUMENTS).map(({ by, one }) => ({ by, blob: documentBlobName(one) }));
  const own = [...documents.filter(({ by }) => by === app).map(({ blob }) => blob), LOCKS[app]];
  // They decide what a recovery does, what a status says, and what can be proven of it.
  const foreign = [...documents.filter(({ by }) => by !== app).map(({ blob }) => blob), ANCHOR_BLOB];
  return [
    ...own
      .filter((blob) => !writable(blob))
      .map((blob) => `state-paths: the ${app} app cannot write ${blob}`),
    ...foreign
      .filter(writable)
      .map((blob) => `state-paths: the ${app} app can write ${blob}, which is not its own`),
  ];
}
