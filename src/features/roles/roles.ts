/** The local roles our identities get on a Managed HSM: exactly what they do, and nothing that could destroy a key. */
import { sha256Hex } from '../../core/sha256.ts';

const PREFIX = 'Microsoft.KeyVault/managedHsm/';

/** Which app an identity belongs to. */
export type App = 'backup' | 'recovery' | 'drill';

/** A custom role of ours. */
export interface WardenRole<A extends App = App> {
  readonly app: A;
  /** GUID of its definition, the same on every HSM. */
  readonly id: string;
  readonly roleName: string;
  readonly description: string;
  readonly dataActions: readonly string[];
}

/**
 * No built-in role fits: Managed HSM Backup User cannot list keys, and what reads and recovers deleted keys sits in
 * Crypto Officer, which may also purge and assign itself anything.
 * https://learn.microsoft.com/azure/key-vault/managed-hsm/built-in-roles
 */
export const WARDEN_ROLES: readonly WardenRole<'backup' | 'recovery'>[] = [
  role('backup', 'HSM Warden Backup', 'Lists and backs up keys and watches deleted ones.', [
    'keys/read/action',
    'keys/backup/action',
    'keys/deletedKeys/read/action',
  ]),
  role('recovery', 'HSM Warden Recovery', 'Recovers and restores keys and backs up what came back.', [
    'keys/read/action',
    'keys/deletedKeys/read/action',
    'keys/deletedKeys/recover/action',
    'keys/restore/action',
    'keys/backup/action',
  ]),
];

/** The role of the drill app, in a drill HSM and nowhere else: it uses, deletes and purges the copies that it has restored. */
export const DRILL_ROLE: WardenRole = role(
  'drill',
  'HSM Warden Drill',
  'Restores keys into a drill HSM, uses them, and deletes and purges them.',
  [
    'keys/read/action',
    'keys/restore/action',
    'keys/sign/action',
    'keys/verify/action',
    'keys/encrypt/action',
    'keys/decrypt/action',
    'keys/wrap/action',
    'keys/unwrap/action',
    'keys/delete',
    'keys/deletedKeys/read/action',
    'keys/deletedKeys/delete',
  ],
);

/** The scope they are assigned at: all keys, and not the HSM with its security domain and settings. */
export const ROLE_SCOPE = '/keys';

/** What no identity of ours may ever hold, in any way: destroying keys, taking key material out, giving out rights. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/^keys\/deletedKeys\/delete$/i, 'purge deleted keys'],
  [/^keys\/delete$/i, 'delete keys'],
  [/^keys\/(export|release)\/action$/i, 'take key material out'],
  [/^role(Assignments|Definitions)\/(write|delete)\/action$/i, 'give out rights'],
  [/^securitydomain\//i, 'handle the security domain'],
  [/^settings\/write\/action$/i, 'change the settings of the HSM'],
  [/^restore\/start\/action$/i, 'overwrite the whole HSM'],
];

/** What a data action would allow that is forbidden to us; undefined for a harmless one. Wildcards count as all they cover. */
export function forbiddenBecause(dataAction: string): string | undefined {
  if (dataAction.includes('*')) return 'do anything that a wildcard covers';
  const short = dataAction.toLowerCase().startsWith(PREFIX.toLowerCase())
    ? dataAction.slice(PREFIX.length)
    : dataAction;
  return FORBIDDEN.find(([pattern]) => pattern.test(short))?.[1];
}

/** The name of the assignment of a role to a principal: the same each time, so that a repeat finds it. */
export function assignmentName(roleId: string, principalId: string): string {
  return guidOf(`assignment ${roleId} ${principalId.toLowerCase()} ${ROLE_SCOPE}`);
}

function role<A extends App>(
  app: A,
  roleName: string,
  description: string,
  actions: readonly string[],
): WardenRole<A> {
  return {
    app,
    id: guidOf(`role ${roleName}`),
    roleName,
    description,
    dataActions: actions.map((action) => `${PREFIX}${action}`),
  };
}

/** A GUID made of a text, marked as RFC 9562 version 8. */
function guidOf(text: string): string {
  const hex = sha256Hex(`hsm-warden ${text}`);
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
