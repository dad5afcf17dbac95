/**
 * The commands and flags of az for keys and local roles, as facts: https://learn.microsoft.com/cli/azure/keyvault/key and
 * https://learn.microsoft.com/cli/azure/keyvault/role, read in 2026; the commands that Azure CLI 2.45 has were tried with it.
 */

const ADDRESS = ['--hsm-name', '--id', '--vault-name'];
const KEY = [...ADDRESS, '--name'];
const VERSIONED = [...KEY, '--version'];
const NEW_KEY = [
  ...['--disabled', '--expires', '--not-before', '--ops', '--tags', '--protection', '--size'],
  ...['--exportable', '--policy', '--immutable', '--default-cvm-policy', '--kty', '--curve'],
];
const ROLE = ['--hsm-name', '--id'];
const WHO = ['--role', '--scope', '--assignee', '--assignee-object-id'];

/** Every command, without `az keyvault`, and its flags. */
export const AZ_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'key create': [...KEY, ...NEW_KEY],
  'key import': [
    ...[...KEY, ...NEW_KEY],
    ...['--pem-file', '--pem-string', '--pem-password', '--byok-file', '--byok-string'],
  ],
  'key show': VERSIONED,
  'key list': [...ADDRESS, '--maxresults', '--include-managed'],
  'key list-versions': [...KEY, '--maxresults'],
  'key set-attributes': [
    ...VERSIONED,
    ...['--enabled', '--expires', '--not-before', '--ops', '--tags', '--policy', '--immutable'],
  ],
  'key rotate': KEY,
  'key rotation-policy show': KEY,
  'key rotation-policy update': [...KEY, '--value'],
  'key delete': KEY,
  'key list-deleted': [...ADDRESS, '--maxresults'],
  'key show-deleted': KEY,
  'key recover': KEY,
  'key purge': KEY,
  'key backup': [...KEY, '--file'],
  'key restore': [
    ...[...KEY, '--file', '--no-wait'],
    ...['--storage-account-name', '--blob-container-name', '--storage-resource-uri'],
    ...['--storage-container-SAS-token', '--backup-folder'],
  ],
  'key download': [...VERSIONED, '--file', '--encoding'],
  'key encrypt': [...VERSIONED, '--algorithm', '--value', '--data-type', '--iv', '--aad'],
  'key decrypt': [...VERSIONED, '--algorithm', '--value', '--data-type', '--iv', '--aad', '--tag'],
  'key sign': [...VERSIONED, '--algorithm', '--digest'],
  'key verify': [...VERSIONED, '--algorithm', '--digest', '--signature'],
  'key random': [...ROLE, '--count'],
  'key get-attestation': [...VERSIONED, '--file'],
  'key get-policy-template': [],
  'role definition list': [...ROLE, '--scope', '--custom-role-only'],
  'role definition show': [...ROLE, '--role-id', '--name'],
  'role definition create': [...ROLE, '--role-definition'],
  'role definition update': [...ROLE, '--role-definition'],
  'role definition delete': [...ROLE, '--role-id', '--name'],
  'role assignment list': [...ROLE, ...WHO, '--fill-principal-name'],
  'role assignment create': [...ROLE, ...WHO, '--assignee-principal-type', '--name'],
  'role assignment delete': [...ROLE, ...WHO, '--ids', '--name'],
};

/** What every command of az takes. */
export const AZ_GLOBAL_FLAGS = [
  ...['--output', '--query', '--only-show-errors', '--verbose', '--debug', '--subscription', '--help'],
];

/** How ours differs, and why. `safer`: it does what az does, but not what would lose a key. */
export interface Difference {
  readonly verdict: 'safer' | 'more' | 'partly' | 'refused';
  readonly why: string;
}

/** Differences by command, or by command and flag; `*` stands for every command. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  '* --vault-name': { verdict: 'refused', why: 'names a key vault; this product looks after Managed HSMs' },
  '* --id': {
    verdict: 'more',
    why: '`/keys/` and `/deletedKeys/` alike, in any case, with a slash at the end',
  },
  '* --maxresults': { verdict: 'more', why: 'more than 25, too: further pages are read' },
  'key create': { verdict: 'safer', why: 'backs the new version up at once' },
  'key create --protection': {
    verdict: 'partly',
    why: '`software`, for a Managed HSM has no such keys; `hsm` is the same',
  },
  'key create --size': { verdict: 'partly', why: 'for EC and OKP keys, where it has no meaning' },
  'key import': { verdict: 'safer', why: 'backs the key up at once' },
  'key import --pem-password': {
    verdict: 'safer',
    why: 'warns that others can see it; `--pem-password-file` takes a file, or `-`',
  },
  'key import --protection': { verdict: 'partly', why: '`software`, as for `key create`' },
  'key import --size': { verdict: 'refused', why: 'the key that is imported has its size' },
  'key list-versions': { verdict: 'safer', why: 'a key that is not there is an error, not an empty list' },
  'key set-attributes': {
    verdict: 'safer',
    why: 'warns of what takes the key away from whoever uses it; naming nothing is refused',
  },
  'key rotate': { verdict: 'safer', why: 'backs all versions up at once' },
  'key delete': { verdict: 'safer', why: 'makes sure of a good backup of all versions first, or refuses' },
  'key purge': { verdict: 'safer', why: "asks for the key's name; refuses a key without a good backup" },
  'key backup': { verdict: 'safer', why: 'never overwrites a file; the file is for its owner alone' },
  'key restore': { verdict: 'safer', why: 'says whether an active or a soft-deleted key is in the way' },
  'key restore --name': { verdict: 'more', why: 'checks that the backup holds this key; az refuses it here' },
  'key restore --no-wait': { verdict: 'refused', why: 'a restore from a file has nothing to wait for' },
  ...Object.fromEntries(
    [
      ...['--storage-account-name', '--blob-container-name', '--storage-resource-uri'],
      ...['--storage-container-SAS-token', '--backup-folder'],
    ].map((flag) => [
      `key restore ${flag}`,
      {
        verdict: 'refused' as const,
        why: 'restores out of a backup of the whole HSM, which writes over a key; the message has the command of az',
      },
    ]),
  ),
  'key download': { verdict: 'safer', why: 'never overwrites a file; writes OKP keys, too' },
  'key get-attestation --file': { verdict: 'safer', why: 'never overwrites a file' },
  'role definition list --scope': { verdict: 'more', why: 'taken; an HSM answers the same at every scope' },
  'role definition show --role-id': { verdict: 'more', why: 'the GUID alone, too' },
  'role definition delete --role-id': { verdict: 'more', why: 'the GUID alone, too' },
  'role assignment create --assignee': {
    verdict: 'partly',
    why: 'names of people: nobody is looked up in Entra; an object id is the same',
  },
  'role assignment list --assignee': {
    verdict: 'partly',
    why: 'names of people, as for `role assignment create`',
  },
  'role assignment delete --assignee': {
    verdict: 'partly',
    why: 'names of people, as for `role assignment create`',
  },
  'role assignment list --fill-principal-name': {
    verdict: 'partly',
    why: 'taken, but names are `Unknown`, as az shows them where it may not look people up',
  },
  'role assignment create --assignee-principal-type': {
    verdict: 'more',
    why: 'taken; an HSM needs the object id alone',
  },
  'role assignment delete': { verdict: 'safer', why: 'where nothing fits it says so, and ends with 1' },
};
