/**
 * The vault of the local sealing keys: an emulator of its own, never one of the protected HSMs, with one key for each app, and one for
 * the drills that must fail, which nothing pins.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { generateMaterial } from '../../emulator/crypto/material.ts';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import type { Change, KeyVersion } from '../../emulator/state/model.ts';
import { IDENTITIES } from './app-roles.ts';

type App = keyof typeof IDENTITIES;
const APPS = ['backup', 'recovery', 'drill'] as const satisfies readonly App[];

/** The key of each app, that of the drills that must fail, and the assignment by which one app may sign with it. */
const NAMES = {
  backup: {
    app: 'backup',
    key: 'warden-seal-backup',
    assignment: '4b1d6c0e-7a92-4f35-8e61-2c9d5b7f0a41',
  },
  recovery: {
    app: 'recovery',
    key: 'warden-seal-recovery',
    assignment: '8e5a3f17-1c64-4d0b-9b27-6f3e0d8c2b52',
  },
  drill: {
    app: 'drill',
    key: 'warden-seal-drill',
    assignment: '5f9c2b84-3e17-4a60-8d25-9b1e7c4f6a03',
  },
  faults: {
    app: 'drill',
    key: 'warden-seal-drill-faults',
    assignment: '9a4e7d13-6b28-4c95-8f01-3d5a2e7b8c64',
  },
} as const satisfies Record<string, { readonly app: App; readonly key: string; readonly assignment: string }>;
type Sealing = keyof typeof NAMES;
const SEALING = ['backup', 'recovery', 'drill', 'faults'] as const satisfies readonly Sealing[];

/** As in a deployment: sign with this one key, read its public part, nothing else. */
const ROLE = {
  name: 'd2c8f4a6-59b1-4e73-8a0d-1f6b3c9e7d63',
  roleName: 'HSM Warden Seal',
  dataActions: ['keys/read/action', 'keys/sign/action'].map(
    (action) => `Microsoft.KeyVault/managedHsm/${action}`,
  ),
};

/** What an app's settings say of its sealing key, and all apps' of the pinned keys. */
export interface SealSettings {
  readonly keyUrl: Readonly<Record<App, string>>;
  readonly publicKeys: string;
  /** The key of the drills that must fail; it is none of the pinned ones. */
  readonly faultKeyUrl: string;
}

/** Starts the vault. Its keys are made at the first start and stay. */
export async function startSealingVault(folder: string, caDir: string): Promise<Emulator> {
  const vault = await startEmulator({
    name: 'warden-seals',
    caDir,
    stateDir: join(folder, 'sealing-vault'),
    purgeProtection: true,
    seed: firstChanges,
  });
  // A world of an earlier version lacks a key that came later.
  for (const [order, one] of SEALING.entries()) {
    if (findNewest(vault, one) === undefined)
      await vault.change(await firstKey(one, order, Math.floor(vault.now() / 1000)));
  }
  return vault;
}

/** What the settings of the apps say of the vault. */
export function sealSettings(vault: Emulator, deployment: string): SealSettings {
  const urlOf = (one: Sealing) => `${vault.url}/keys/${NAMES[one].key}/${newestOf(vault, one).id}`;
  const keys = APPS.flatMap((app) => {
    const { material } = newestOf(vault, app);
    return material.kty === 'EC' ? [{ app, x: padded(material.x), y: padded(material.y) }] : [];
  });
  return {
    keyUrl: { backup: urlOf('backup'), recovery: urlOf('recovery'), drill: urlOf('drill') },
    publicKeys: JSON.stringify({ deployment, keys }),
    faultKeyUrl: urlOf('faults'),
  };
}

async function firstChanges(now: number): Promise<Change[]> {
  const { name, roleName, dataActions } = ROLE;
  const permissions = [{ actions: [], notActions: [], dataActions, notDataActions: [] }];
  const definition = {
    name,
    roleName,
    description: 'Signs with one key.',
    assignableScopes: ['/'],
    permissions,
  };
  const keys = await Promise.all(SEALING.map((one, order) => firstKey(one, order, now)));
  return [{ type: 'putRoleDefinition', definition }, ...keys.flat()];
}

async function firstKey(one: Sealing, order: number, now: number): Promise<Change[]> {
  const version: KeyVersion = {
    id: randomBytes(16).toString('hex'),
    created: now,
    updated: now,
    enabled: true,
    exportable: false,
    keyOps: ['sign', 'verify'],
    material: await generateMaterial({ kty: 'EC', crv: 'P-256' }),
  };
  const { app, key, assignment } = NAMES[one];
  return [
    { type: 'putKey', key: { name: key, order, versions: [version] } },
    {
      type: 'putRoleAssignment',
      assignment: {
        name: assignment,
        principalId: IDENTITIES[app].objectId,
        roleDefinitionId: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${ROLE.name}`,
        scope: `/keys/${key}`,
      },
    },
  ];
}

function findNewest({ state }: Emulator, one: Sealing): KeyVersion | undefined {
  return [...state.keys.values()].find(({ name }) => name === NAMES[one].key)?.versions.at(-1);
}

function newestOf(vault: Emulator, one: Sealing): KeyVersion {
  const newest = findNewest(vault, one);
  if (newest === undefined) throw new Error(`the key ${NAMES[one].key} is gone from the local vault`);
  return newest;
}

/** The emulator keeps coordinates without the zeros in front. */
function padded(coordinate: string): string {
  const bytes = Buffer.from(coordinate, 'base64url');
  return Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]).toString('base64url');
}
