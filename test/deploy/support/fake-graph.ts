/**
 * The part of Microsoft Graph that entra-app.sh uses, kept in a file: applications and service principals. As the real
 * one it replaces whole collections, refuses to lose an enabled role, and knows a scope only once it was written.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An object of the directory. */
export interface DirectoryObject {
  readonly id: string;
  readonly appId: string;
  readonly displayName?: string;
  readonly tags?: readonly string[];
  readonly appRoles?: readonly { readonly id: string; readonly value: string; readonly isEnabled: boolean }[];
  readonly identifierUris?: readonly string[];
  readonly spa?: { readonly redirectUris?: readonly string[] };
  readonly optionalClaims?: {
    readonly idToken?: readonly { readonly name: string }[];
    readonly accessToken?: readonly { readonly name: string }[];
  };
  readonly api?: {
    readonly requestedAccessTokenVersion?: number;
    readonly oauth2PermissionScopes?: readonly { readonly id: string }[];
    readonly preAuthorizedApplications?: readonly {
      readonly appId: string;
      readonly delegatedPermissionIds: readonly string[];
    }[];
  };
  readonly appRoleAssignmentRequired?: boolean;
}

/** What the directory holds. `hidden`: how many reads of a new object are answered as if it were not there. */
export interface Directory {
  applications: DirectoryObject[];
  servicePrincipals: DirectoryObject[];
  hidden: number;
}

/** The answer to one `az rest`. */
interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads the directory of a world. */
export function readDirectory(folder: string): Directory {
  const path = join(folder, 'graph.json');
  if (!existsSync(path)) return { applications: [], servicePrincipals: [], hidden: 0 };
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Writes the directory of a world. */
export function writeDirectory(folder: string, directory: Directory): void {
  writeFileSync(join(folder, 'graph.json'), JSON.stringify(directory));
}

/** Answers the arguments of `az rest`. */
export function answerGraph(folder: string, args: readonly string[]): Answered {
  const value = (flag: string) => args[args.indexOf(flag) + 1] ?? '';
  const url = new URL(value('--url'));
  const directory = readDirectory(folder);
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\.0\//, '');
  const [, kind = '', inner, outer] = /^(\w+)(?:\(appId='([^']+)'\)|\/([^/]+))?$/.exec(path) ?? [];
  if (kind !== 'applications' && kind !== 'servicePrincipals') return refused(`no such collection ${path}`);
  const all = directory[kind];
  const body = args.includes('--body') ? JSON.parse(value('--body')) : undefined;
  const found = all.find(({ id, appId }) => id === outer || appId === inner);
  const method = value('--method');
  if (method === 'GET' && inner === undefined && outer === undefined) {
    return done({ value: all.filter((object) => fits(object, url.searchParams.get('$filter') ?? '')) });
  }
  if (method === 'POST') {
    const made = { appId: randomUUID(), ...body, id: randomUUID() };
    all.push(made);
    writeDirectory(folder, directory);
    return done(made);
  }
  if (directory.hidden > 0) {
    writeDirectory(folder, { ...directory, hidden: directory.hidden - 1 });
    return refused('Request_ResourceNotFound');
  }
  if (found === undefined) return refused('Request_ResourceNotFound');
  if (method === 'GET') return done(found);
  const fault = faultOf(found, body);
  if (fault !== undefined) return refused(fault);
  all[all.indexOf(found)] = { ...found, ...body, api: { ...found.api, ...body.api } };
  writeDirectory(folder, directory);
  return { code: 0, stdout: '', stderr: '' };
}

/** As loose as the search by name that az offers: it compares beginnings, without heed of case. */
function fits(object: DirectoryObject, filter: string): boolean {
  const [, member, quoted = ''] = /^(\w+) eq '(.*)'$/.exec(filter) ?? [];
  const wanted = quoted.replaceAll("''", "'");
  if (member === 'appId') return object.appId === wanted;
  return (object.displayName ?? '').toLowerCase().startsWith(wanted.toLowerCase());
}

function faultOf(found: DirectoryObject, body: Partial<DirectoryObject>): string | undefined {
  const kept = new Set((body.appRoles ?? found.appRoles ?? []).map(({ id }) => id));
  if ((found.appRoles ?? []).some(({ id, isEnabled }) => isEnabled && !kept.has(id)))
    return 'CannotDeleteOrUpdateEnabledEntitlement';
  const scopes = new Set((found.api?.oauth2PermissionScopes ?? []).map(({ id }) => id));
  const unknown = (body.api?.preAuthorizedApplications ?? []).some(({ delegatedPermissionIds }) =>
    delegatedPermissionIds.some((id) => !scopes.has(id)),
  );
  return unknown ? 'InvalidValue: a permission that the application does not have' : undefined;
}

function done(body: unknown): Answered {
  return { code: 0, stdout: `${JSON.stringify(body)}\n`, stderr: '' };
}

function refused(code: string): Answered {
  return { code: 1, stdout: '', stderr: `ERROR: Bad Request({"error":{"code":"${code}"}})\n` };
}
