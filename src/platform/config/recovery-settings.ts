/** The settings of the recovery: whose tokens count, who must approve, which webhooks may ask. */
import { z } from 'zod';
import { setting, Url } from './setting-kinds.ts';

const Names = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean));
const Container = z.string().regex(/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/, 'expected a container name');

/** JSON text checked by a schema. */
function jsonOf<T extends z.ZodType>(schema: T) {
  return z.string().transform((text, context): z.output<T> => {
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
    } catch {
      // The text is not repeated: it may hold secrets.
      context.addIssue({ code: 'custom', message: 'expected JSON' });
    }
    return z.NEVER;
  });
}

const ApprovalRules = jsonOf(
  z.array(
    z.strictObject({
      pattern: z.string().min(1),
      approvals: z.int().min(1).max(10).exactOptional(),
      groups: z.array(z.string().min(1)).exactOptional(),
      hours: z.number().positive().exactOptional(),
    }),
  ),
);
/** The name of a webhook source. */
const SOURCE = z.string().regex(/^[a-z0-9-]{1,40}$/);
const WebhookSecrets = jsonOf(
  z.record(
    SOURCE,
    z
      .array(
        z
          .string()
          .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'expected whsec_ and base64 of 24 bytes or more'),
      )
      .min(1)
      .max(2),
  ),
);

const WebhookApps = jsonOf(z.record(SOURCE, z.array(z.guid().toLowerCase()).min(1).max(10)));

/** All settings of the recovery, by the name of their environment variable. */
export const RECOVERY_SETTINGS = {
  WARDEN_AUTH_TENANT: setting(z.guid(), {
    description: 'The Entra tenant whose people may call the recovery API. Without it there is no recovery.',
    expected: 'a GUID',
    default: 'none',
  }),
  WARDEN_AUTH_AUDIENCE: setting(z.string().min(1), {
    description: 'What access tokens must be for: the client id of the API’s app registration.',
    expected: 'a client id, or an application id URI',
    default: 'none; needed with `WARDEN_AUTH_TENANT`',
  }),
  WARDEN_AUTH_SCOPE: setting(z.string().regex(/^[\w.-]+$/), {
    description: 'The delegated scope a person’s token must carry.',
    expected: 'the name of a scope of the app registration',
    default: 'access_as_user',
  }),
  WARDEN_AUTH_ISSUER: setting(Url, {
    description: 'The issuer of the tokens; for sovereign clouds and local use.',
    expected: 'an https URL (http only on loopback)',
    default: '`https://login.microsoftonline.com/{tenant}/v2.0`',
  }),
  WARDEN_AUTH_KEYS_URL: setting(Url, {
    description: 'Where the issuer’s signing keys are; for sovereign clouds and local use.',
    expected: 'an https URL (http only on loopback)',
    default: '`https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys`',
  }),
  WARDEN_ORIGIN: setting(Url, {
    description:
      'Where people reach the product’s pages: links in events lead there, and only its pages may change things in a browser session.',
    expected: 'a URL without a path',
    default:
      'none; then events carry links relative to the product, and no browser session may change anything',
  }),
  WARDEN_APPROVALS: setting(z.coerce.number().int().min(1).max(10), {
    description: 'How many people must approve a recovery, besides the one who asks.',
    expected: '2 to 10; 1 only with `WARDEN_APPROVAL_OVERRIDE_UNTIL`',
    default: '2',
  }),
  WARDEN_APPROVAL_GROUPS: setting(Names, {
    description: 'Groups or app roles that must all be among the approvers, each in a person of its own.',
    expected: 'names separated by commas, no more than approvals',
    default: 'none',
  }),
  WARDEN_APPROVAL_HOURS: setting(z.coerce.number().min(0.1).max(168), {
    description: 'How long a request may be approved and started.',
    expected: '0.1 to 168 hours',
    default: '24',
  }),
  WARDEN_APPROVAL_RULES: setting(ApprovalRules, {
    description: 'Other demands for some keys; the first pattern that matches counts.',
    expected: 'a JSON array of `{pattern, approvals?, groups?, hours?}`',
    default: 'none',
  }),
  WARDEN_APPROVAL_OVERRIDE_UNTIL: setting(z.iso.datetime({ offset: true }), {
    description:
      'Until then one approval may suffice where the settings say 1. It raises an event every day and shuts the gate when it ends.',
    expected: 'a moment like `2026-12-01T00:00:00Z`',
    default: 'none',
  }),
  WARDEN_SHARED_DOMAINS: setting(Names, {
    description: 'HSMs that share a security domain, so that one can restore the other’s backups.',
    expected: 'HSM names joined by `+`; several such groups separated by commas',
    default: 'none',
  }),
  WARDEN_WEBHOOK_SECRETS: setting(WebhookSecrets, {
    description: 'Secrets of the webhook sources after Standard Webhooks; two during a rotation.',
    expected: 'JSON like `{"alerts":["whsec_…"]}`, best as a Key Vault reference',
    default: 'none',
  }),
  WARDEN_WEBHOOK_APPS: setting(WebhookApps, {
    description:
      'Applications that may deliver to a webhook source with their Entra token (app role `Recovery.Webhook`); Event Grid’s own is `4962773b-9cdb-44cf-a8bf-237846a00ab7`.',
    expected: 'JSON like `{"watch":["<client id>"]}`',
    default: 'none; then only signed deliveries count',
  }),
  WARDEN_WEBHOOK_RATE: setting(z.coerce.number().int().min(1).max(600), {
    description: 'Requests each webhook source may open in a minute.',
    expected: '1 to 600',
    default: '30',
  }),
  WARDEN_AUTO_REQUEST: setting(z.stringbool(), {
    description:
      'Whether a key about to be purged, or purged, opens a request by itself when the watch’s events are delivered to a webhook.',
    expected: '`true` or `false`',
    default: 'false',
  }),
  WARDEN_AUDIT_CONTAINER: setting(Container, {
    description: 'Container of the audit log; give it an immutability policy that allows appending.',
    expected: 'a container name',
    default: 'warden-audit',
  }),
} as const;

/** The recovery's settings as read; what was not given is absent or undefined. */
export type RecoveryParsed = {
  readonly [Name in keyof typeof RECOVERY_SETTINGS]?:
    | z.output<(typeof RECOVERY_SETTINGS)[Name]['schema']>
    | undefined;
};
