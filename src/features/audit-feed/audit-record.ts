/** One record of the AuditEvent log of a Managed HSM, read leniently: only one record was ever published. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { storableName } from '../../core/model/names.ts';
import { epochOf } from '../../core/time.ts';
import { parseWellFormed, toWellFormed } from '../../core/well-formed.ts';
import type { Caller } from '../watch/model/events.ts';

const Text = z.string().min(1);
/** A member that is not needed may be absent, null, empty or of another type: it then says nothing, and costs no record. */
const optionalText = Text.optional().catch(undefined);
const Status = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{3}$/)
      .transform(Number),
  ])
  .optional()
  .catch(undefined);

/** The fields we use. Managed HSMs put them at the top level, the logs of vaults some of them into `properties`. */
const Raw = z.object({
  time: optionalText,
  operationName: optionalText,
  httpStatusCode: Status,
  requestUri: optionalText,
  clientInfo: optionalText,
  callerIpAddress: optionalText,
  identity: z.unknown().optional(),
  PoolName: optionalText,
  resourceId: optionalText,
  id: optionalText,
  properties: z
    .object({
      httpStatusCode: Status,
      requestUri: optionalText,
      clientInfo: optionalText,
      id: optionalText,
    })
    .optional()
    .catch(undefined),
});

/** Claims by name; a Managed HSM writes the names with underscores, a vault as URLs. */
const Identity = z.object({
  claim: z.object({ appid: z.string().optional().catch(undefined) }).catchall(z.unknown()),
});

/** A record as the engine understands it. */
export interface AuditRecord {
  /** Epoch milliseconds by the service's clock; 0 when it is not known. */
  readonly at: number;
  /** It does not say what happened, or when: a scan finds out. */
  readonly unclear?: true;
  readonly operation: string;
  /** Host of the request, lower case, with a port that is not 443; and the HSM's name as far as the record has it. */
  readonly host?: string;
  readonly pool?: string;
  /** It names a resource that is no Managed HSM. */
  readonly elsewhere?: true;
  readonly key?: string;
  /** The key in the answer, where the request names none: that of a restore. */
  readonly returned?: string;
  readonly httpStatus?: number;
  readonly caller: Caller;
  readonly clientInfo: string;
}

function saysAnything({
  time,
  operationName,
  PoolName,
  resourceId,
  requestUri,
}: z.output<typeof Raw>): boolean {
  return [time, operationName, PoolName, resourceId, requestUri].some((said) => said !== undefined);
}

function urlOf({ requestUri, properties }: z.output<typeof Raw>): URL | undefined {
  const uri = requestUri ?? properties?.requestUri ?? properties?.id;
  return uri !== undefined && URL.canParse(uri) ? new URL(uri) : undefined;
}

/** A vault may have the name of an HSM, and its log the same event hub. */
function poolOf({ PoolName, resourceId }: z.output<typeof Raw>): string | undefined {
  return PoolName ?? /\/managedhsms\/([^/]+)$/i.exec(resourceId ?? '')?.[1];
}

/** Epoch milliseconds. The service writes UTC, with the zone or without. */
function timeOf(text: string): number {
  return epochOf(/^\d{4}-\d\d-\d\dT[\d:.,]+$/.test(text) ? `${text}Z` : text);
}

/** Reads a record, however little it says; undefined when it is none: it says neither what, nor when, nor of what. */
export function readAuditRecord(value: unknown): AuditRecord | undefined {
  const parsed = Raw.safeParse(toWellFormed(value));
  if (!parsed.success || !saysAnything(parsed.data)) return undefined;
  const { time = '', operationName = '', properties, identity, callerIpAddress, ...rest } = parsed.data;
  const at = timeOf(time);
  const url = urlOf(parsed.data);
  const key = url === undefined ? undefined : keyOf(url.pathname);
  const id = rest.id ?? properties?.id;
  const returned = id !== undefined && URL.canParse(id) ? keyOf(new URL(id).pathname) : undefined;
  const pool = poolOf(parsed.data);
  const httpStatus = rest.httpStatusCode ?? properties?.httpStatusCode;
  return {
    at: Number.isNaN(at) ? 0 : at,
    ...(Number.isNaN(at) || operationName === '' ? { unclear: true as const } : {}),
    operation: operationName,
    caller: { ...callerOf(identity), ...definedOnly({ address: shown(callerIpAddress) }) },
    clientInfo: rest.clientInfo ?? properties?.clientInfo ?? '',
    ...(url === undefined ? {} : { host: url.host }),
    ...definedOnly({ pool }),
    ...(pool === undefined && rest.resourceId !== undefined ? { elsewhere: true as const } : {}),
    ...definedOnly({ key, returned: key === undefined ? returned : undefined, httpStatus }),
  };
}

/** `/keys/{name}…` and `/deletedkeys/{name}…`. A restore names no key: its path is `/keys/restore` or `/keys//restore`. */
function keyOf(path: string): string | undefined {
  const [, folder, name = '', action] = path.split('/');
  if (folder !== 'keys' && folder !== 'deletedkeys') return undefined;
  if (folder === 'keys' && name === 'restore' && action === undefined) return undefined;
  return /^[0-9A-Za-z-]{1,127}$/.test(name) ? name : undefined;
}

function callerOf(identity: unknown): Caller {
  const parsed = Identity.safeParse(typeof identity === 'string' ? parse(identity) : identity);
  if (!parsed.success) return {};
  const { claim } = parsed.data;
  const objectId = claimOf(claim, 'objectidentifier', ['http_schemas_microsoft_com_identity']);
  const upn = claimOf(claim, 'upn', ['http_schemas_xmlsoap_org_ws_2005_05_identity']);
  const appId = claim.appid;
  return definedOnly({ objectId: shown(objectId), upn: shown(upn), appId: shown(appId) });
}

/** The claim as a Managed HSM nests it, or as a vault names it by a URL that ends with its name. */
function claimOf(
  claim: Record<string, unknown>,
  name: string,
  groups: readonly string[],
): string | undefined {
  const nested = z.object({ claims: z.record(z.string(), z.unknown()) });
  for (const group of groups) {
    const parsed = nested.safeParse(claim[group]);
    const value = parsed.success ? parsed.data.claims[name] : undefined;
    if (typeof value === 'string') return value;
  }
  const flat = Object.entries(claim).find(([key]) => key.toLowerCase().endsWith(`/${name}`))?.[1];
  return typeof flat === 'string' ? flat : undefined;
}

/** Who it was is shown to people, approvers among them: without what hides or moves other words. */
function shown(text: string | undefined): string | undefined {
  return text === undefined ? undefined : storableName(text, 'a name that cannot be shown');
}

function parse(text: string): unknown {
  try {
    return parseWellFormed(text);
  } catch {
    return undefined;
  }
}
