/**
 * What the Entra application of the recovery API must be: reads what Microsoft Graph answers and prints what to send.
 * entra-app.sh does the sending; this file does no IO but standard input and output, so that a repeat changes nothing.
 * Members: https://learn.microsoft.com/graph/api/resources/application
 */
import { readFileSync } from 'node:fs';

/** The app roles. Their ids are fixed, so that a repeat finds them. The values are those the API demands. */
const ROLES = [
  role('01', 'Recovery.Read', 'Recovery reader', 'Sees keys, backups and recoveries.', 'User', 'Application'),
  role(
    '02',
    'Recovery.Request',
    'Recovery requester',
    'Asks for the recovery of a key.',
    'User',
    'Application',
  ),
  role('03', 'Recovery.Approve', 'Recovery approver', 'Approves or rejects what others asked for.', 'User'),
  role(
    '04',
    'Recovery.Audit',
    'Recovery auditor',
    'Reads and verifies the audit log.',
    'User',
    'Application',
  ),
  role(
    '05',
    'Recovery.Webhook',
    'Recovery webhook',
    'Delivers to a webhook source: Event Grid.',
    'Application',
  ),
];

/** The scope lets people get a token with the Azure CLI and the console. */
const SCOPE = {
  id: '6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1b01',
  value: 'access_as_user',
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: 'Use HSM Warden',
  adminConsentDescription: 'Calls the recovery API as the signed-in person.',
};

/**
 * Claims that access tokens carry only when the application asks for them: when the person signed in, for an approval needs a
 * fresh sign-in, and which authentication contexts were met.
 * https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
 */
const CLAIMS = [claim('auth_time'), claim('acrs')];

/** The Azure CLI itself, so that `az account get-access-token` needs no consent of an administrator. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** Marks an application as ours; a display name proves nothing. */
const TAG = 'hsm-warden';

const [command, ...rest] = process.argv.slice(2);
if (command === 'find') print(find(rest[0], input()));
else if (command === 'create') print(JSON.stringify(body(rest[0], rest.slice(1))));
else if (command === 'patch') for (const change of patches(input(), rest)) print(JSON.stringify(change));
else fail(`unknown command ${command}`);

/** `none`, or `OBJECT-ID CLIENT-ID` of the only application of exactly this name that is ours. Ends with 3 otherwise. */
function find(name, answer) {
  if (answer['@odata.nextLink'] !== undefined) fail(`More applications than one page are called ${name}.`);
  // The service compares without heed of case, and a filter may be looser than it was meant.
  const named = (answer.value ?? []).filter(({ displayName }) => displayName === name);
  const ours = named.filter(isOurs);
  const ids = (applications) => applications.map(({ appId }) => appId).join(', ');
  if (ours.length > 1) fail(`${ours.length} applications of HSM Warden are called ${name}: ${ids(ours)}.`);
  if (ours.length === 0 && named.length > 0)
    fail(`An application called ${name} exists that HSM Warden did not make: ${ids(named)}.`);
  return ours.length === 0 ? 'none' : `${ours[0].id} ${ours[0].appId}`;
}

/** Earlier versions set no tag, but the roles. */
function isOurs({ tags = [], appRoles = [] }) {
  return tags.includes(TAG) || appRoles.some(({ id }) => id === ROLES[0].id);
}

/** A new application, whole in one request: there is no moment at which it exists and cannot be recognised. */
function body(name, redirectUris) {
  return {
    displayName: name,
    signInAudience: 'AzureADMyOrg',
    tags: [TAG],
    appRoles: ROLES,
    // Tokens of version 2 name the client id as their audience.
    api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [SCOPE] },
    optionalClaims: { idToken: [], accessToken: CLAIMS, saml2Token: [] },
    ...(redirectUris.length === 0 ? {} : { spa: { redirectUris } }),
  };
}

/**
 * The changes that are missing, in order; none when all is in place. What others added stays: Graph replaces whole
 * collections, and an enabled role or scope cannot be removed.
 */
function patches(application, redirectUris) {
  const { appId, tags = [], appRoles = [], identifierUris = [], api = {}, spa = {} } = application;
  const optional = application.optionalClaims ?? {};
  const scopes = api.oauth2PermissionScopes ?? [];
  const clients = api.preAuthorizedApplications ?? [];
  const first = {};
  if (!tags.includes(TAG)) first.tags = [...tags, TAG];
  const roles = merged(appRoles, ROLES, 'id');
  if (roles !== undefined) first.appRoles = roles;
  const uri = `api://${appId}`;
  if (!identifierUris.includes(uri)) first.identifierUris = [...identifierUris, uri];
  const redirects = merged(asItems(spa.redirectUris), asItems(redirectUris), 'uri');
  if (redirects !== undefined) first.spa = { redirectUris: redirects.map((item) => item.uri) };
  const claims = merged(optional.accessToken ?? [], CLAIMS, 'name');
  if (claims !== undefined)
    first.optionalClaims = {
      idToken: optional.idToken ?? [],
      accessToken: claims,
      saml2Token: optional.saml2Token ?? [],
    };
  const scope = merged(scopes, [SCOPE], 'id');
  if (scope !== undefined || api.requestedAccessTokenVersion !== 2)
    first.api = { requestedAccessTokenVersion: 2, oauth2PermissionScopes: scope ?? scopes };
  // A client can be authorised for a scope only once the scope is there.
  const known = clients.find((client) => client.appId === AZURE_CLI);
  const permissions = [...new Set([...(known?.delegatedPermissionIds ?? []), SCOPE.id])];
  const authorised = merged(clients, [{ appId: AZURE_CLI, delegatedPermissionIds: permissions }], 'appId');
  const second = authorised === undefined ? {} : { api: { preAuthorizedApplications: authorised } };
  return [first, second].filter((change) => Object.keys(change).length > 0);
}

/** `present` with `wanted` in it; undefined when it is in it already. */
function merged(present, wanted, key) {
  const byKey = new Map(present.map((item) => [item[key], item]));
  const missing = wanted.filter((item) => !covers(byKey.get(item[key]), item));
  if (missing.length === 0) return undefined;
  for (const item of missing) byKey.set(item[key], { ...byKey.get(item[key]), ...item });
  return [...byKey.values()];
}

function covers(present, wanted) {
  if (present === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => sorted(present[name]) === sorted(value));
}

function sorted(value) {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}

function asItems(uris = []) {
  return uris.map((uri) => ({ uri }));
}

function role(end, value, displayName, description, ...allowedMemberTypes) {
  const id = `6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1a${end}`;
  return { id, value, displayName, description, allowedMemberTypes, isEnabled: true };
}

function claim(name) {
  return { name, source: null, essential: false, additionalProperties: [] };
}

function input() {
  return JSON.parse(readFileSync(0, 'utf8'));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(3);
}
