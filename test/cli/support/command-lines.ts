/** A command line for every command of the table: a command that is added is in it, with what its options call for. */
import { COMMANDS } from '../../../src/cli/commands.ts';
import type { Command } from '../../../src/cli/frame/command.ts';

/** What arguments and options of a name are given, wherever a command has them. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  '<finding>': '0'.repeat(16),
  '<id>': '0'.repeat(26),
  '<run>': '20261128T020000Z-nightly',
  '<blob>': `contoso/orders/20260101T000000000Z-${'0'.repeat(32)}.keybackup`,
  '<queue>': 'key-backups',
  '<name>': 'fabrikam',
};
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '--hsm-name': ['--hsm-name', 'contoso'],
  '--reason': ['--reason', 'a test'],
  '--yes': ['--yes'],
  '--backup-principal': ['--backup-principal', '6b0e5c2f-08d1-4f0a-9d35-1c7a4e2b9f01'],
  '--recovery-principal': ['--recovery-principal', '9c4d2a7e-5b16-4e8f-8a20-6f3d1b0c7e02'],
};

/** Files and addresses of the world in which the commands run. */
export interface Places {
  readonly pem: string;
  readonly backup: string;
  readonly missing: string;
  readonly url: string;
}

const KEY = ['--name', 'orders'];
const PRINCIPAL = '6b0e5c2f-08d1-4f0a-9d35-1c7a4e2b9f01';
const BASE64 = Buffer.alloc(32).toString('base64');
const PLACE = ['--subscription', PRINCIPAL, '--resource-group', 'rg-warden'];

/** What single commands need beyond that. */
const MORE: Readonly<Record<string, (places: Places) => readonly string[]>> = {
  init: ({ url }) => [...PLACE, '--resource-manager', url],
  'deploy check': ({ url }) => [...PLACE, '--location', 'westeurope', '--resource-manager', url],
  'key list': () => [],
  'key list-deleted': () => [],
  'key random': () => ['--count', '8'],
  'key import': ({ pem }) => [...KEY, '--pem-file', pem],
  'key restore': ({ backup }) => [...KEY, '--file', backup],
  'key backup': ({ missing }) => [...KEY, '--file', missing],
  'key download': ({ missing }) => [...KEY, '--file', missing],
  'key purge': () => [...KEY, '--confirm', 'orders'],
  'key delete': () => [...KEY, '--no-backup', '--yes-really'],
  'key set-attributes': () => [...KEY, '--enabled', 'true'],
  'key rotation-policy update': () => [...KEY, '--value', '{"attributes":{"expiryTime":"P2Y"}}'],
  'key encrypt': () => [...KEY, '--algorithm', 'RSA-OAEP-256', '--value', BASE64],
  'key decrypt': () => [...KEY, '--algorithm', 'RSA-OAEP-256', '--value', BASE64],
  'key sign': () => [...KEY, '--algorithm', 'RS256', '--digest', BASE64],
  'key verify': () => [...KEY, '--algorithm', 'RS256', '--digest', BASE64, '--signature', BASE64],
  'backup restore-all': () => ['--from', 'contoso', '--dry-run'],
  'drill enroll': () => ['--hsm', 'contoso', '--key', 'orders'],
  'queue retry': () => ['0'.repeat(26)],
  'recovery request': () => ['--hsm', 'contoso', '--key', 'orders'],
  'seal adopt': () => [
    '--hsm',
    'contoso',
    '--key',
    'orders',
    '--backup',
    'contoso/orders/x.backup',
    '--reason',
    'why',
  ],
  'recovery approve': () => ['--digest', 'a'.repeat(64)],
  'role definition list': () => [],
  'role definition show': () => ['--name', PRINCIPAL],
  'role definition create': () => ['--role-definition', '{"roleName":"x","permissions":[]}'],
  'role definition update': () => [
    '--role-definition',
    `{"name":"${PRINCIPAL}","roleName":"x","permissions":[]}`,
  ],
  'role definition delete': () => ['--name', PRINCIPAL],
  'role assignment list': () => [],
  'role assignment create': () => [
    ...['--role', 'Managed HSM Crypto User', '--scope', '/', '--assignee-object-id', PRINCIPAL],
  ],
  'role assignment delete': () => ['--name', PRINCIPAL],
};

/** Commands that ask nobody: they have nothing to fail at. */
export const ALONE: ReadonlySet<string> = new Set([
  'use',
  'login',
  'whoami',
  'open',
  'completion',
  'help',
  'emulator',
  'key get-policy-template',
  'seal show',
  'seal export',
  'seal rotate',
]);

/** All commands that ask somebody, with the words that call each. */
export function commandLines(places: Places): readonly (readonly [string, readonly string[]])[] {
  return COMMANDS.filter(({ path }) => !ALONE.has(path)).map((command) => [
    command.path,
    [...command.path.split(' '), ...wordsFor(command, places)],
  ]);
}

function wordsFor(command: Command, places: Places): readonly string[] {
  const has = (flag: string) =>
    command.options.some(({ flags }) => flags.includes(`${flag} `) || flags === flag);
  const own = MORE[command.path];
  return [
    ...command.arguments.filter(({ name }) => name.startsWith('<')).map(({ name }) => ARGUMENTS[name] ?? 'x'),
    ...Object.entries(OPTIONS).flatMap(([flag, words]) => (has(flag) ? words : [])),
    ...(own === undefined ? (has('--name') ? KEY : []) : own(places)),
  ];
}
