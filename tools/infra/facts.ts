/** What follows from a promise: names and ids that the rules expect. */
import type { DeploymentPromise, PromisedHsm } from './promise.ts';
import { ofType, type Snapshot } from './snapshot.ts';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';

/** One of the apps. */
export type AppName = 'backup' | 'recovery' | 'drill';

/** A prediction, its promise, and what follows from it. */
export interface Facts {
  readonly snapshot: Snapshot;
  readonly promise: DeploymentPromise;
  readonly names: ReturnType<typeof namesOf>;
  /** The apps that the promise has: the drill app only with a drill HSM. */
  readonly apps: readonly AppName[];
  /** Id of a resource in the group that is deployed to. */
  readonly id: (type: string, name: string) => string;
  /** Id of a resource in the group of the backups. */
  readonly backupId: (type: string, name: string) => string;
  /** Mark of a property that only Azure knows. */
  readonly ref: (id: string, member: string) => string;
  /** Object id and client id of an app's identity, as marks. */
  readonly identity: (app: AppName) => {
    readonly id: string;
    readonly principal: string;
    readonly client: string;
  };
  readonly hsmId: (hsm: PromisedHsm) => string;
}

/** Works the facts out. */
export function factsOf(snapshot: Snapshot, promise: DeploymentPromise): Facts {
  const names = namesOf(promise.prefix, uniqueIn(snapshot));
  const id = (type: string, name: string) =>
    resourceId(`${SUBSCRIPTION}/resourceGroups/rg-warden`, type, name);
  const ref = (of: string, member: string) => `ref(${of}).${member}`;
  return {
    snapshot,
    promise,
    names,
    apps: ['backup', 'recovery', ...(promise.drills.length > 0 ? (['drill'] as const) : [])],
    id,
    backupId: (type, name) => resourceId(`${SUBSCRIPTION}/resourceGroups/${promise.backupGroup}`, type, name),
    ref,
    identity: (app) => {
      const own = id('Microsoft.ManagedIdentity/userAssignedIdentities', names.identity[app]);
      return { id: own, principal: ref(own, 'principalId'), client: ref(own, 'clientId') };
    },
    hsmId: ({ name, resourceGroup, subscription }) =>
      resourceId(
        `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`,
        'Microsoft.KeyVault/managedHSMs',
        name,
      ),
  };
}

function namesOf(prefix: string, unique: string) {
  const short = prefix.toLowerCase().replaceAll('-', '');
  return {
    suffix: `${prefix}-${unique}`,
    identity: {
      backup: `id-${prefix}-backup-${unique}`,
      recovery: `id-${prefix}-recovery-${unique}`,
      drill: `id-${prefix}-drill-${unique}`,
    },
    app: {
      backup: `func-${prefix}-backup-${unique}`,
      recovery: `func-${prefix}-recovery-${unique}`,
      drill: `func-${prefix}-drill-${unique}`,
    },
    host: { backup: `st${short}h${unique}`, recovery: `st${short}r${unique}`, drill: `st${short}d${unique}` },
    backups: `st${short}b${unique}`,
    topic: `evgt-${prefix}-${unique}`,
    namespace: `evhns-${prefix}-${unique}`,
    network: `vnet-${prefix}-${unique}`,
    workspace: `log-${prefix}-${unique}`,
    insights: `appi-${prefix}-${unique}`,
    actionGroup: `ag-${prefix}-${unique}`,
  };
}

/** The part that makes names unique; Azure works it out of the resource group's id. */
function uniqueIn(snapshot: Snapshot): string {
  const [workspace] = ofType(snapshot, 'Microsoft.OperationalInsights/workspaces');
  return /[a-z0-9]{13}$/.exec(workspace?.name ?? '')?.[0] ?? 'none';
}

function resourceId(group: string, type: string, name: string): string {
  const [provider = '', ...types] = type.split('/');
  const parts = name.split('/');
  return `${group}/providers/${provider}/${types.map((part, index) => `${part}/${parts[index] ?? ''}`).join('/')}`;
}
