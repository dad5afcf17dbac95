/** Puts the recovery together from the pieces the composition root has made, and what is the recovery's alone. */
import type { ContainerClient } from '@azure/storage-blob';
import { BlobAuditAnchor } from './adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from './adapters/audit/blob-audit-store.ts';
import { identityProof } from './adapters/auth/identity-proof.ts';
import { TokenAuthenticator } from './adapters/auth/token-authenticator.ts';
import { TokenVerifier } from './adapters/auth/token-verifier.ts';
import { StandardWebhookSignatures } from './adapters/auth/webhook-signatures.ts';
import { BlobRecoveryStore } from './adapters/blob/blob-recovery-store.ts';
import { randomIds } from './adapters/system/random-ids.ts';
import type { RecoveryConfig } from './config/recovery-config.ts';
import { ChainedAuditLog } from './engine/audit/audit-log.ts';
import { verifyAudit } from './engine/audit/verify-audit.ts';
import { WardenError } from './engine/errors.ts';
import type { BackupStore, Clock, KeyService, Pacer, StateStore, WorkQueue } from './engine/ports.ts';
import { createRecoveryApp, type RecoveryAppFor } from './engine/recovery/app.ts';
import { Gate, type GateProof } from './engine/recovery/gate.ts';
import type { RecoveryNotifier } from './engine/recovery/ports.ts';

/** What the composition root gives. */
export interface RecoveryParts {
  readonly config: RecoveryConfig;
  /** By the names in the settings. */
  readonly hsms: ReadonlyMap<string, { readonly keys: KeyService; readonly pacer: Pacer }>;
  readonly backups: BackupStore;
  readonly state: StateStore;
  readonly stateContainer: ContainerClient;
  readonly auditContainer: ContainerClient;
  readonly queue: WorkQueue;
  readonly notifier: RecoveryNotifier;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/** The whole log is verified so often; in between, each line written proves the end of the chain. */
const AUDIT_PROOF_MS = 24 * 3_600_000;

/** Makes the recovery. Nothing is contacted before the first call. */
export function composeRecoveryApp(parts: RecoveryParts): RecoveryAppFor {
  const { config, clock, hsms, stateContainer: state } = parts;
  const store = new BlobRecoveryStore({ container: state, clock });
  const auditStore = new BlobAuditStore({ container: parts.auditContainer, clock });
  const anchor = new BlobAuditAnchor({ container: state, clock });
  const audit = new ChainedAuditLog(auditStore, anchor, clock);
  const verifier = new TokenVerifier(config.trust, clock);
  const proofs = {
    identity: identityProof(verifier, config.trust, clock),
    audit: auditProof(auditStore, anchor, clock),
  };
  return createRecoveryApp({
    ...parts,
    store,
    audit,
    auditStore,
    anchor,
    policy: config.policy,
    gate: new Gate({ policy: config.policy, proofs, notifier: parts.notifier, clock }),
    authenticator: new TokenAuthenticator(verifier, config.origin),
    signatures: new StandardWebhookSignatures(config.webhookSecrets),
    webhooks: config.webhooks,
    keysOf: (name) => of(hsms, name).keys,
    pacerOf: (name) => of(hsms, name).pacer,
    sharesDomain: (a, b) => config.sharedDomains.some((names) => names.includes(a) && names.includes(b)),
    linkTo: (id) => `${config.origin ?? ''}/recoveries/${id}`,
    ids: randomIds,
  });
}

/** The audit log is whole: looked at from end to end once a day by each process, and at its first use. */
function auditProof(store: BlobAuditStore, anchor: BlobAuditAnchor, clock: Clock): GateProof {
  let provenAt: number | undefined;
  return async () => {
    if (provenAt !== undefined && clock.now() - provenAt < AUDIT_PROOF_MS) return undefined;
    const { problems } = await verifyAudit(store, anchor);
    const [first] = problems;
    if (first !== undefined) {
      const place = first.part === undefined ? '' : ` (${first.part.day}, line ${first.line})`;
      return `the audit log is not whole: ${first.problem}${place}`;
    }
    provenAt = clock.now();
    return undefined;
  };
}

function of<T>(hsms: ReadonlyMap<string, T>, name: string): T {
  const found = hsms.get(name);
  if (found !== undefined) return found;
  throw new WardenError('hsm-unknown', {
    message: `There is no HSM ${name} in the settings.`,
    advice: 'WARDEN_HSMS names the HSMs.',
    hsm: name,
  });
}
