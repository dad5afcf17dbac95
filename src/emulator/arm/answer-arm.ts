// Answers requests to Azure Resource Manager: reads of the pool's resource, nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError, serviceErrors } from '../errors.ts';
import type { FaultBox } from '../faults/fault-box.ts';
import type { FaultDecision } from '../faults/rules.ts';
import { refuseByFault, spoiledAnswer } from '../faults/spoil.ts';
import type { TokenIssuer } from '../tokens/issuer.ts';
import type { WireAnswer, WireRequest } from '../wire/exchange.ts';
import { bearerToken, splitTarget } from '../wire/exchange.ts';
import { alphabeticalJson } from '../wire/json.ts';
import { requestId } from '../wire/request-id.ts';
import { ArmError, armErrors } from './arm-errors.ts';
import type { ManagedHsmResource, ResourceLocation } from './managed-hsm.ts';

/** Paths that begin like this belong to Resource Manager; it has a host of its own in Azure (management.azure.com). */
export const ARM_PREFIX = '/subscriptions/';
/** The name of a read in faults and counts. */
export const ARM_READ = 'getManagedHsm';

/** Audiences of tokens for Resource Manager: https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/authenticate-multi-tenant and the older name of the same service. */
const ARM_AUDIENCES = [
  'https://management.azure.com',
  'https://management.azure.com/',
  'https://management.core.windows.net',
  'https://management.core.windows.net/',
] as const;

/** Versions of `Microsoft.KeyVault/managedHSMs`: https://learn.microsoft.com/en-us/azure/templates/microsoft.keyvault/managedhsms ("API versions"). */
const API_VERSIONS: ReadonlySet<string> = new Set([
  '2020-04-01-preview',
  '2021-04-01-preview',
  '2021-06-01-preview',
  '2021-10-01',
  '2021-11-01-preview',
  '2022-02-01-preview',
  '2022-07-01',
  '2022-11-01',
  '2023-02-01',
  '2023-07-01',
  '2024-04-01-preview',
  '2024-11-01',
  '2024-12-01-preview',
  '2025-05-01',
  '2026-02-01',
  '2026-03-01-preview',
]);

const TYPE = '/providers/microsoft\\.keyvault/managedhsms';
const IN_SUBSCRIPTION = new RegExp(`^/subscriptions/([^/]+)${TYPE}/?$`, 'i');
const IN_GROUP = new RegExp(`^/subscriptions/([^/]+)/resourcegroups/([^/]+)${TYPE}(?:/([^/]+))?/?$`, 'i');

/** What answering needs of a pool. */
export type Arm = {
  readonly resource: ManagedHsmResource;
  readonly at: ResourceLocation;
  readonly name: string;
  readonly tenantId: string;
  readonly issuer: TokenIssuer;
  readonly faults: FaultBox;
  now(): number;
  random(size: number): Buffer;
  /** Counts a read that arrived. */
  arrived(operation: string): void;
};

/** Answers one request. Never rejects. */
export async function answerArm(arm: Arm, request: WireRequest): Promise<WireAnswer> {
  const id = requestId(arm.now(), arm.random);
  const progress: { fault?: FaultDecision['fault'] } = {};
  try {
    const body = await read(arm, request, progress);
    return spoiledAnswer(json(200, body, id), progress.fault);
  } catch (error) {
    return spoiledAnswer(refusal(error, id, arm.tenantId), progress.fault);
  }
}

/** The body of a read that is allowed. Throws ArmError, or ServiceError for a fault on demand. */
async function read(
  arm: Arm,
  request: WireRequest,
  progress: { fault?: FaultDecision['fault'] },
): Promise<object> {
  const token = bearerToken(request);
  if (token === undefined) throw armErrors.noToken();
  const principal = await arm.issuer.verify(token, ARM_AUDIENCES).catch((cause: unknown) => {
    throw cause instanceof ServiceError ? armErrors.badToken(cause) : cause;
  });
  const [path, query] = splitTarget(request.target);
  checkApiVersion(new URLSearchParams(query));
  const inGroup = IN_GROUP.exec(path);
  const match = inGroup ?? IN_SUBSCRIPTION.exec(path);
  if (request.method !== 'GET' || !match) throw armErrors.noSuchPath(`${request.method} ${path}`);
  arm.arrived(ARM_READ);
  const { delayMs, fault } = arm.faults.decide({ operation: ARM_READ });
  progress.fault = fault;
  if (delayMs > 0) await sleep(delayMs);
  refuseByFault(fault);

  const [, subscriptionId = '', resourceGroup, name] = match;
  if (!same(subscriptionId, arm.at.subscriptionId)) throw armErrors.noSubscription(subscriptionId);
  if (resourceGroup !== undefined && !same(resourceGroup, arm.at.resourceGroup)) {
    throw armErrors.noResourceGroup(resourceGroup);
  }
  if (!arm.resource.isReadableBy(principal.objectId)) {
    // A list leaves out what the caller may not read; a read of one resource is refused.
    if (name === undefined) return { value: [] };
    throw armErrors.notAllowed(principal.objectId, arm.resource.id);
  }
  const body = arm.resource.body(request.host);
  if (name === undefined) return { value: [body] };
  if (!same(name, arm.name)) throw armErrors.noResource(name, resourceGroup ?? '');
  return body;
}

function checkApiVersion(query: URLSearchParams): void {
  const version = query.get('api-version') ?? '';
  if (version === '') throw armErrors.noApiVersion();
  if (!API_VERSIONS.has(version.toLowerCase())) throw armErrors.badApiVersion(version);
}

/** Names in ids of resources compare without regard to case. */
function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function refusal(error: unknown, id: string, tenantId: string): WireAnswer {
  const known =
    error instanceof ArmError || error instanceof ServiceError ? error : serviceErrors.unknown(error);
  const { status, code, message } = known;
  const answer = json(status, { error: { code, message } }, id);
  if (status !== 401) return answer;
  const challenge = `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token"`;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
}

function json(status: number, body: object, id: string): WireAnswer {
  const text = alphabeticalJson(body);
  return {
    status,
    headers: {
      'cache-control': 'no-cache',
      'content-length': String(Buffer.byteLength(text)),
      'content-type': 'application/json; charset=utf-8',
      'x-ms-request-id': id,
    },
    body: text,
  };
}
