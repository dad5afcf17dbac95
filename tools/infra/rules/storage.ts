/** Rules for storage accounts: no shared key, no anonymous reader, TLS; and for the backups: immutable, versioned, outliving the apps. */
import type { DeploymentPromise } from '../promise.ts';
import { ofType, property, type Resource, type Snapshot, text } from '../snapshot.ts';
import { expect } from './expect.ts';

const ACCOUNT = 'Microsoft.Storage/storageAccounts';

/** Rules for every account. */
export function checkStorage(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  const accounts = ofType(snapshot, ACCOUNT);
  const problems = accounts.flatMap((account) => [
    ...expect(account, 'shared-key', false, 'allowSharedKeyAccess'),
    ...expect(account, 'anonymous-access', false, 'allowBlobPublicAccess'),
    ...expect(account, 'tls', 'TLS1_2', 'minimumTlsVersion'),
    ...expect(account, 'tls', true, 'supportsHttpsTrafficOnly'),
    ...(promise.private ? expect(account, 'public-network', 'Disabled', 'publicNetworkAccess') : []),
    ...(promise.private ? expect(account, 'public-network', 'Deny', 'networkAcls', 'defaultAction') : []),
  ]);
  const containers = ofType(snapshot, `${ACCOUNT}/blobServices/containers`);
  return [
    ...(accounts.length === 3 ? [] : [`accounts: expected 3 storage accounts, got ${accounts.length}`]),
    ...problems,
    ...containers.flatMap((container) => expect(container, 'anonymous-access', 'None', 'publicAccess')),
  ];
}

/** Rules for the account of the backups. */
export function checkBackupStorage(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  const account = accountOf(snapshot, 'key-backups');
  if (account === undefined) return ['backups: expected a container key-backups, got none'];
  const policy = ['immutableStorageWithVersioning', 'immutabilityPolicy'] as const;
  const days = Number(property(account, ...policy, 'immutabilityPeriodSinceCreationInDays') ?? 0);
  const service = snapshot.predictedResources.find(({ id }) => id === `${account.id}/blobServices/default`);
  return [
    ...expect(account, 'immutability', true, 'immutableStorageWithVersioning', 'enabled'),
    ...expect(account, 'immutability-lock', promise.locked ? 'Locked' : 'Unlocked', ...policy, 'state'),
    ...expect(account, 'immutability', true, ...policy, 'allowProtectedAppendWrites'),
    ...(days >= 1 ? [] : ['immutability: expected at least a day']),
    ...(service === undefined ? ['versioning: no blob service'] : checkService(service)),
    ...checkAuditContainer(snapshot, account),
    ...checkLifecycle(snapshot, days),
    ...checkLock(snapshot, account),
  ];
}

function checkService(service: Resource): readonly string[] {
  return [
    ...expect(service, 'versioning', true, 'isVersioningEnabled'),
    ...expect(service, 'soft-delete', true, 'deleteRetentionPolicy', 'enabled'),
    ...expect(service, 'soft-delete', true, 'containerDeleteRetentionPolicy', 'enabled'),
  ];
}

function checkAuditContainer(snapshot: Snapshot, account: Resource): readonly string[] {
  return accountOf(snapshot, 'warden-audit') === account
    ? []
    : ['audit: expected the container warden-audit in the account of the backups'];
}

/** A rule may delete only what is neither pinned nor immutable still. */
function checkLifecycle(snapshot: Snapshot, immutableDays: number): readonly string[] {
  const rules = ofType(snapshot, `${ACCOUNT}/managementPolicies`).flatMap((policy) => {
    const list = property(policy, 'policy', 'rules');
    return Array.isArray(list) ? list : [];
  });
  if (rules.length === 0) return ['lifecycle: expected a rule for each HSM, got none'];
  return rules.flatMap((rule) => {
    const found = JSON.stringify(rule);
    const prefixes = [...found.matchAll(/"prefixMatch":\[([^\]]*)\]/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/"([^"]*)"/g)].map(([, prefix = '']) => prefix),
    );
    const days = [...found.matchAll(/"delete":\{"daysAfterCreationGreaterThan":(\d+)/g)].map(([, n]) =>
      Number(n),
    );
    const reach = prefixes.filter((prefix) => 'key-backups/pinned/'.startsWith(prefix));
    return [
      ...(prefixes.length === 0 ? ['lifecycle: a rule without a prefix reaches everything'] : []),
      ...reach.map((prefix) => `lifecycle: the prefix ${prefix} reaches the pinned backups`),
      ...days
        .filter((n) => n <= immutableDays)
        .map((n) => `lifecycle: deletes after ${n} days what is immutable for ${immutableDays}`),
    ];
  });
}

function checkLock(snapshot: Snapshot, account: Resource): readonly string[] {
  const locks = ofType(snapshot, 'Microsoft.Authorization/locks');
  const holds = locks.some(
    (lock) => lock.id.startsWith(account.id) && text(lock, 'level') === 'CanNotDelete',
  );
  return holds ? [] : ['delete-lock: expected a CanNotDelete lock on the account of the backups'];
}

/** The account with a container of this name. */
function accountOf(snapshot: Snapshot, container: string): Resource | undefined {
  const found = ofType(snapshot, `${ACCOUNT}/blobServices/containers`).find(({ name }) =>
    name.endsWith(`/${container}`),
  );
  return ofType(snapshot, ACCOUNT).find(({ id }) => found?.id.startsWith(`${id}/`));
}
