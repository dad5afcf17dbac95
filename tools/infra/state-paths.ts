/** Which documents the backup app may write: its own, by the code's own names, and none of the recovery's. */
import { ANCHOR_BLOB } from '../../src/adapters/audit/audit-names.ts';
import { documentBlobName, leaseBlobName } from '../../src/adapters/blob/layout.ts';
import type { AddressOf, DocumentKind } from '../../src/core/documents/document-store.ts';
import { ofType, type Snapshot, text } from './snapshot.ts';

const HSM = 'contoso';
type App = 'backup' | 'recovery' | 'drill';

/** Who writes each kind of document, with one of it: a new kind cannot be left out. */
const DOCUMENTS: {
  readonly [Kind in DocumentKind]: { readonly by: App; readonly one: AddressOf<Kind> };
} = {
  catalogue: { by: 'backup', one: { kind: 'catalogue', hsm: HSM } },
  run: { by: 'backup', one: { kind: 'run', hsm: HSM, runId: '20261124T020000Z-nightly' } },
  'last-run': { by: 'backup', one: { kind: 'last-run', hsm: HSM } },
  'open-run': { by: 'backup', one: { kind: 'open-run', hsm: HSM } },
  watch: { by: 'backup', one: { kind: 'watch', hsm: HSM } },
  verify: { by: 'backup', one: { kind: 'verify', hsm: HSM } },
  fleet: { by: 'backup', one: { kind: 'fleet' } },
  summary: { by: 'backup', one: { kind: 'summary', hsm: HSM } },
  // Of both apps: who backs up a key that came back shares the pace, too.
  pace: { by: 'backup', one: { kind: 'pace', hsm: HSM } },
  drill: { by: 'drill', one: { kind: 'drill', hsm: HSM } },
  'drill-results': { by: 'drill', one: { kind: 'drill-results', hsm: HSM } },
  // Of owners of keys, by the command line.
  'drill-enrolments': { by: 'drill', one: { kind: 'drill-enrolments', hsm: HSM } },
  recovery: { by: 'recovery', one: { kind: 'recovery', id: '0'.repeat(26) } },
  adoptions: { by: 'recovery', one: { kind: 'adoptions', hsm: HSM } },
  'recovery-index': { by: 'recovery', one: { kind: 'recovery-index' } },
  rearming: { by: 'recovery', one: { kind: 'rearming' } },
  'webhook-rate': { by: 'recovery', one: { kind: 'webhook-rate', source: 'alerts' } },
  'notify-incidents': { by: 'backup', one: { kind: 'notify-incidents', scope: 'product' } },
  'notify-channel': { by: 'backup', one: { kind: 'notify-channel', channel: 'ops' } },
  'notify-acknowledged': { by: 'recovery', one: { kind: 'notify-acknowledged' } },
};

function documentsOf(app: App): readonly string[] {
  return Object.values(DOCUMENTS).flatMap(({ by, one }) => (by === app ? [documentBlobName(one)] : []));
}

/** Blobs that the backup app writes. */
const OWN = [...documentsOf('backup'), leaseBlobName(HSM)];
/** Blobs that decide what a recovery does, and what can be proven of it. */
const FOREIGN = [...documentsOf('recovery'), ...documentsOf('drill'), ANCHOR_BLOB];

/** Compares the condition of the backup app's right on the state with the code's names. */
export function checkStatePaths(snapshot: Snapshot): readonly string[] {
  const condition = ofType(snapshot, 'Microsoft.Authorization/roleAssignments')
    .filter(({ id }) => id.includes('/containers/warden-state/'))
    .map((assignment) => text(assignment, 'condition'))
    .join(' ');
  const prefixes = [...condition.matchAll(/:path\] StringLike '([^'*]+)\*'/g)].map(
    ([, prefix = '']) => prefix,
  );
  const writable = (blob: string) => prefixes.some((prefix) => blob.startsWith(prefix));
  return [
    ...OWN.filter((blob) => !writable(blob)).map(
      (blob) => `state-paths: the backup app cannot write ${blob}`,
    ),
    ...FOREIGN.filter(writable).map(
      (blob) => `state-paths: the backup app can write ${blob}, which is not its own`,
    ),
  ];
}
