// Reads the members that create, import and update requests have in common.
import { z } from 'zod';
import { serviceErrors, unproven } from '../errors.ts';
import type { ReleasePolicy } from '../state/model.ts';

/** Microsoft Learn, "About keys - key details": 15 tags, name and value of at most 256 characters. */
const MAX_TAGS = 15;
const MAX_TAG_LENGTH = 256;
/**
 * What a key may be allowed to do: `JsonWebKeyOperation` of the API specification
 * (https://github.com/Azure/azure-rest-api-specs, specification/keyvault/data-plane/Keys/models.tsp), and `deriveKey`,
 * which recorded EC and oct keys list.
 */
const KEY_OPERATIONS: ReadonlySet<string> = new Set([
  'decrypt',
  'deriveKey',
  'encrypt',
  'export',
  'import',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey',
]);
const RELEASE_CONTENT_TYPE = 'application/json; charset=utf-8';
/** The version that policies must have; builds before November 2022 accepted others. */
const RELEASE_POLICY_VERSION = '1.0.0';

const Seconds = z.int().nonnegative();

/** Null members are as good as absent: SDKs send both. */
export const Attributes = z
  .object({
    enabled: z.boolean().nullish(),
    exportable: z.boolean().nullish(),
    exp: Seconds.nullish(),
    nbf: Seconds.nullish(),
  })
  .nullish();
export const TagsMember = z.record(z.string(), z.string()).nullish();
export const KeyOpsMember = z.array(z.string()).nullish();
export const ReleasePolicyMember = z
  .object({ contentType: z.string().nullish(), data: z.string().nullish(), immutable: z.boolean().nullish() })
  .nullish();

/** Parses the body of a request. Throws 400 BadParameter (unproven) naming the first member that is wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unproven('badBody', { detail: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() });
}

/** The operations that were given; undefined when none were. Throws 400 BadParameter (unproven) for an unknown one. */
export function givenKeyOps(keyOps: z.infer<typeof KeyOpsMember>): string[] | undefined {
  const unknown = keyOps?.find((operation) => !KEY_OPERATIONS.has(operation));
  if (unknown !== undefined) throw unproven('unknownKeyOperation', { operation: unknown });
  return keyOps ?? undefined;
}

/** Throws 400 BadParameter (unproven) for a key that would expire before it becomes valid; times are unix seconds. */
export function checkTimes({ exp, nbf }: { exp?: number | undefined; nbf?: number | undefined }): void {
  if (exp !== undefined && nbf !== undefined && exp < nbf) throw unproven('expiresBeforeValid');
}

/** The attributes that were given. */
export function givenAttributes(attributes: z.infer<typeof Attributes>): {
  enabled?: boolean;
  exportable?: boolean;
  exp?: number;
  nbf?: number;
} {
  const { enabled, exportable, exp, nbf } = attributes ?? {};
  return {
    ...(enabled != null && { enabled }),
    ...(exportable != null && { exportable }),
    ...(exp != null && { exp }),
    ...(nbf != null && { nbf }),
  };
}

/** The tags that were given; undefined for none, as empty tags never show. Throws 400 above the documented limits. */
export function givenTags(
  tags: z.infer<typeof TagsMember>,
  limited: boolean,
): Record<string, string> | undefined {
  const entries = Object.entries(tags ?? {});
  const tooLong = entries.some((entry) => entry.some((text) => text.length > MAX_TAG_LENGTH));
  if (limited && (entries.length > MAX_TAGS || tooLong)) throw unproven('tooManyTags');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The release policy that was given, in its stored form. Throws 400 BadParameter with the recorded text. */
export function givenReleasePolicy(policy: z.infer<typeof ReleasePolicyMember>): ReleasePolicy | undefined {
  if (!policy?.data) return undefined;
  if (policyVersion(policy.data) !== RELEASE_POLICY_VERSION) throw serviceErrors.policyWithoutVersion();
  return {
    contentType: policy.contentType ?? RELEASE_CONTENT_TYPE,
    data: policy.data,
    immutable: policy.immutable ?? false,
  };
}

/** Exportable keys have a release policy and others have none: both texts are recorded. */
export function checkExportable(exportable: boolean, policy: ReleasePolicy | undefined): void {
  if (exportable && !policy) throw serviceErrors.exportableWithoutPolicy();
  if (!exportable && policy) throw serviceErrors.policyWithoutExportable();
}

/** What the members that create and import have in common ask of a new version. Throws 400 BadParameter for what the service refuses. */
export function newVersionWish(
  body: {
    readonly attributes?: z.infer<typeof Attributes>;
    readonly tags?: z.infer<typeof TagsMember>;
    readonly release_policy?: z.infer<typeof ReleasePolicyMember>;
  },
  keyOpsMember: z.infer<typeof KeyOpsMember>,
  limited: boolean,
) {
  const attributes = givenAttributes(body.attributes);
  checkTimes(attributes);
  const releasePolicy = givenReleasePolicy(body.release_policy);
  checkExportable(attributes.exportable ?? false, releasePolicy);
  const tags = givenTags(body.tags, limited);
  const keyOps = givenKeyOps(keyOpsMember);
  return {
    ...attributes,
    ...(tags && { tags }),
    ...(releasePolicy && { releasePolicy }),
    ...(keyOps?.length && { keyOps }),
  };
}

function policyVersion(data: string): unknown {
  try {
    return z.object({ version: z.unknown() }).parse(JSON.parse(Buffer.from(data, 'base64url').toString()))
      .version;
  } catch (cause) {
    throw serviceErrors.badParameter("Key Release Policy: missing 'version' property", cause);
  }
}
