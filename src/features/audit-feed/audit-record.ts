/** One record of the AuditEvent log of a Managed HSM, read leniently: only one record was ever published. */
import { z } from 'zod';
import type { Caller } from '../../core/events/finding.ts';
import { epochOf } from '../../core/time.ts';

const Text = z.string().min(1);
const Status = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number),
]);

/** The fields we use. Managed HSMs put them at the top level, the logs of vaults some of them into `properties`. */
const Raw = z.object({
  time: z.iso.datetime({ offset: true }),
  operationName: Text,
  httpStatusCode: Status.optional(),
  requestUri: Text.optional(),
  clientInfo: z.string().optional(),
  callerIpAddress: z.string().optional(),
  identity: z.unknown().optional(),
  PoolName: z.string().optional(),
  resourceId: z.string().optional(),
  properties: z
    .object({
      httpStatusCode: Status.optional(),
      requestUri: z.string().optional(),
      clientInfo: z.string().optional(),
      id: z.string().optional(),
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
  /** Epoch milliseconds by the service's clock. */
  readonly at: number;
  readonly operation: string;
  /** Host of the request, lower case, with a port that is not 443; and the HSM's name as far as the record has it. */
  readonly host?: string;
  readonly pool?: string;
  readonly key?: string;
  readonly httpStatus?: number;
  readonly caller: Caller;
  readonly clientInfo: string;
}

/** Reads a record; undefined when it is not one. */
export function readAuditRecord(value: unknown): AuditRecord | undefined {
  const parsed = Raw.safeParse(value);
  if (!parsed.success) return undefined;
  const { time, operationName, properties, identity, callerIpAddress, ...rest } = parsed.data;
  const uri = rest.requestUri ?? properties?.requestUri ?? properties?.id;
  const url = uri !== undefined && URL.canParse(uri) ? new URL(uri) : undefined;
  const key = url === undefined ? undefined : keyOf(url.pathname);
  // A vault may have the name of an HSM, and its log the same event hub.
  const pool = rest.PoolName ?? /\/managedhsms\/([^/]+)$/i.exec(rest.resourceId ?? '')?.[1];
  const httpStatus = rest.httpStatusCode ?? properties?.httpStatusCode;
  return {
    at: epochOf(time),
    operation: operationName,
    caller: { ...callerOf(identity), ...(callerIpAddress === undefined ? {} : { address: callerIpAddress }) },
    clientInfo: rest.clientInfo ?? properties?.clientInfo ?? '',
    ...(url === undefined ? {} : { host: url.host }),
    ...(pool === undefined ? {} : { pool }),
    ...(key === undefined ? {} : { key }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
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
  return {
    ...(objectId === undefined ? {} : { objectId }),
    ...(upn === undefined ? {} : { upn }),
    ...(appId === undefined ? {} : { appId }),
  };
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
