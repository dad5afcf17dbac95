/** The settings of the recovery: whose tokens count, who must approve, which webhooks may ask. */
import { z } from 'zod';
import { ContainerName, jsonOf, Words } from '../../core/settings/kinds.ts';
import { setting } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { ACTIONS } from './access/sign-in.ts';
import { SourceName } from './webhooks/webhook-body.ts';

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
const WebhookSecrets = jsonOf(
  z.record(
    SourceName,
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

const WebhookApps = jsonOf(z.record(SourceName, z.array(z.guid().toLowerCase()).min(1).max(10)));

/** Entra has the contexts c1 to c99: https://learn.microsoft.com/graph/api/resources/authenticationcontextclassreference */
const StepUp = jsonOf(
  z.partialRecord(z.enum(ACTIONS), z.string().regex(/^c[1-9]\d?$/, 'expected c1 to c99')),
);

/** All settings of the recovery, by the name of their environment variable. */
export const RECOVERY_SETTINGS = {
  WARDEN_AUTH_TENANT: setting(z.guid(), {
    description: 'The Entra tenant whose people may call the recovery API. Without it there is no recovery.',
    expected: 'a GUID',
    otherwise: 'none',
  }),
  WARDEN_AUTH_AUDIENCE: setting(z.string().min(1), {
    description: 'What access tokens must be for: the client id of the API’s app registration.',
    expected: 'a client id, or an application id URI',
    otherwise: 'none; needed with `WARDEN_AUTH_TENANT`',
  }),
  WARDEN_AUTH_SCOPE: setting(z.string().regex(/^[\w.-]+$/), {
    description: 'The delegated scope a person’s token must carry.',
    expected: 'the name of a scope of the app registration',
    default: 'access_as_user',
  }),
  WARDEN_AUTH_ISSUER: setting(urlSetting('any'), {
    description: 'The issuer of the tokens; for sovereign clouds and local use.',
    expected: 'an https URL (http only on loopback)',
    otherwise: '`https://login.microsoftonline.com/{tenant}/v2.0`',
  }),
  WARDEN_AUTH_KEYS_URL: setting(urlSetting('any'), {
    description: 'Where the issuer’s signing keys are; for sovereign clouds and local use.',
    expected: 'an https URL (http only on loopback)',
    otherwise: '`https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys`',
  }),
  WARDEN_ORIGIN: setting(urlSetting('any'), {
    description:
      'Where people reach the product’s pages: links in events lead there, and only its pages may change things in a browser session.',
    expected: 'a URL without a path',
    otherwise:
      'none; then events carry links relative to the product, and no browser session may change anything',
  }),
  WARDEN_APPROVALS: setting(z.coerce.number().int().min(1).max(10), {
    description: 'How many people must approve a recovery, besides the one who asks.',
    expected: '2 to 10; 1 only with `WARDEN_APPROVAL_OVERRIDE_UNTIL`',
    default: '2',
  }),
  WARDEN_APPROVAL_GROUPS: setting(Words, {
    description: 'Groups or app roles that must all be among the approvers, each in a person of its own.',
    expected: 'names separated by commas, no more than approvals',
    otherwise: 'none',
  }),
  WARDEN_APPROVAL_HOURS: setting(z.coerce.number().min(0.1).max(168), {
    description: 'How long a request may be approved and started.',
    expected: '0.1 to 168 hours',
    default: '24',
  }),
  WARDEN_APPROVAL_RULES: setting(ApprovalRules, {
    description: 'Other demands for some keys; the first pattern that matches counts.',
    expected: 'a JSON array of `{pattern, approvals?, groups?, hours?}`',
    otherwise: 'none',
  }),
  WARDEN_APPROVAL_OVERRIDE_UNTIL: setting(z.iso.datetime({ offset: true }), {
    description:
      'Until then one approval may suffice where the settings say 1. It raises an event every day and shuts the gate when it ends.',
    expected: 'a moment like `2026-12-01T00:00:00Z`',
    otherwise: 'none',
  }),
  WARDEN_OPEN_PER_REQUESTER: setting(z.coerce.number().int().min(1).max(10_000), {
    description:
      'How many requests of one person may wait or be executed at the same time. One more is refused with 429 `too-many-open`.',
    expected: '1 to 10000',
    default: '200',
  }),
  WARDEN_OPEN_PER_HSM: setting(z.coerce.number().int().min(1).max(10_000), {
    description:
      'How many requests for the keys of one HSM may wait or be executed at the same time. One more is refused with 429 `too-many-open`.',
    expected: '1 to 10000',
    default: '1000',
  }),
  WARDEN_LIST_DAYS: setting(z.coerce.number().int().min(1).max(3650), {
    description:
      'How long a request that has ended stays in the list. By its id it can be read for good, and the audit log keeps it.',
    expected: '1 to 3650 days',
    default: '90',
  }),
  WARDEN_APPROVAL_SIGN_IN_MINUTES: setting(z.coerce.number().min(1).max(1440), {
    description:
      'How old the sign-in behind an approval, an acknowledgement or a note of break glass may be: a token keeps what it says as long as it lives. Tokens must say when the person signed in (`auth_time`).',
    expected: '1 to 1440 minutes',
    default: '15',
  }),
  WARDEN_STEP_UP: setting(StepUp, {
    description:
      'The Entra authentication context that an action needs; without it in the token the person is sent to sign in again. `adopt` is the approval of an adoption; unless named it needs what `approve` needs, and `break-glass` what `acknowledge` needs.',
    expected: `JSON like \`{"approve":"c1"}\`; actions are ${ACTIONS.map((action) => `\`${action}\``).join(', ')}`,
    otherwise: 'none',
  }),
  WARDEN_SHARED_DOMAINS: setting(Words, {
    description: 'HSMs that share a security domain, so that one can restore the other’s backups.',
    expected: 'HSM names joined by `+`; several such groups separated by commas',
    otherwise: 'none',
  }),
  WARDEN_WEBHOOK_SECRETS: setting(WebhookSecrets, {
    description: 'Secrets of the webhook sources after Standard Webhooks; two during a rotation.',
    expected: 'JSON like `{"alerts":["whsec_…"]}`, best as a Key Vault reference',
    otherwise: 'none',
    secret: true,
  }),
  WARDEN_WEBHOOK_APPS: setting(WebhookApps, {
    description:
      'Applications that may deliver to a webhook source with their Entra token (app role `Recovery.Webhook`); Event Grid’s own is `4962773b-9cdb-44cf-a8bf-237846a00ab7`.',
    expected: 'JSON like `{"watch":["<client id>"]}`',
    otherwise: 'none; then only signed deliveries count',
  }),
  WARDEN_WEBHOOK_RATE: setting(z.coerce.number().int().min(1).max(600), {
    description: 'Requests each webhook source may open in a minute.',
    expected: '1 to 600',
    default: '30',
  }),
  WARDEN_AUTO_REQUEST: setting(z.stringbool(), {
    description:
      'Whether a key about to be purged, or purged, opens a request without a person when the watch’s events are delivered to a webhook.',
    expected: '`true` or `false`',
    default: 'false',
  }),
  WARDEN_AUDIT_CONTAINER: setting(ContainerName, {
    description: 'Container of the audit log; give it an immutability policy that allows appending.',
    expected: 'a container name',
    default: 'warden-audit',
  }),
} as const;
