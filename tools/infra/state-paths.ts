/** Which documents the backup app may write: its own, by the code's own names, and none of the recovery's. */
import { ANCHOR_BLOB } from '../../src/adapters/audit/audit-names.ts';
import { documentBlobName, leaseBlobName } from '../../src/adapters/blob/layout.ts';
import { ofType, type Snapshot, text } from './snapshot.ts';

const HSM = 'contoso';

/** Blobs that the backup app writes. */
const OWN = [
  ...(['catalogue', 'last-run', 'watch', 'verify'] as const).map((kind) =>
    documentBlobName({ kind, hsm: HSM }),
  ),
  documentBlobName({ kind: 'run', hsm: HSM, runId: '20261124T020000Z-nightly' }),
  leaseBlobName(HSM),
];
/** Blobs that decide what a recovery does, and what can be proven of it. */
const FOREIGN = [
  documentBlobName({ kind: 'recovery', id: '0'.repeat(26) }),
  documentBlobName({ kind: 'webhook-rate', source: 'alerts' }),
  ANCHOR_BLOB,
];

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
      (blob) => `state-paths: the backup app can write ${blob}, which is the recovery's`,
    ),
  ];
}
