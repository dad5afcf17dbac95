/** From the recovery's settings to its configuration, or to what is wrong with them. */
import { isLoopback } from '../../core/settings/kinds.ts';
import type { SettingProblem, Values } from '../../core/settings/setting.ts';
import { DAY_MS, epochOf, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { SignInPolicy } from './access/sign-in.ts';
import { policyProblems, type RecoveryPolicy } from './model/policy.ts';
import type { OpenLimitsPolicy } from './request/open-limits.ts';
import { RECOVERY_SETTINGS } from './settings.ts';
import type { WebhookPolicy } from './webhooks/webhooks.ts';

/** The recovery's settings as read. */
type RecoveryValues = Values<typeof RECOVERY_SETTINGS>;

const LOGIN = 'https://login.microsoftonline.com';

/** The configuration of the recovery. Durations are milliseconds. */
export interface RecoveryConfig {
  readonly trust: {
    readonly issuer: string;
    readonly audience: string;
    readonly tenant: string;
    readonly jwksUrl: string;
    readonly scope: string;
  };
  readonly policy: RecoveryPolicy;
  readonly webhooks: WebhookPolicy;
  /** How many requests may be open, and how long ended ones are listed, in milliseconds. */
  readonly requests: OpenLimitsPolicy & { readonly listMs: number };
  readonly webhookSecrets: Readonly<Record<string, readonly string[]>>;
  /** Groups of HSM names that share a security domain. */
  readonly sharedDomains: readonly (readonly string[])[];
  /** Origin of the product's pages. */
  readonly origin?: string;
  /** What is asked of the sign-ins of people. */
  readonly signIn: SignInPolicy;
}

/** Rules over several of the recovery's settings; `given` are the names of what is set. */
export function recoveryProblems(parsed: RecoveryValues, given: ReadonlySet<string>): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const { WARDEN_AUTH_TENANT: tenant, WARDEN_AUTH_AUDIENCE: audience, WARDEN_ORIGIN: origin } = parsed;
  // Other apps than that of the recovery read its audit log.
  const own = Object.keys(RECOVERY_SETTINGS).filter((name) => name !== 'WARDEN_AUDIT_CONTAINER');
  if (!own.some((name) => given.has(name))) return [];
  if (tenant === undefined) {
    problems.push({
      setting: 'WARDEN_AUTH_TENANT',
      found: 'nothing',
      expected: 'the tenant, for the other settings of the recovery need it',
    });
  }
  if (audience === undefined) {
    problems.push({
      setting: 'WARDEN_AUTH_AUDIENCE',
      found: 'nothing',
      expected: 'the client id of the API',
    });
  }
  for (const setting of ['WARDEN_AUTH_ISSUER', 'WARDEN_AUTH_KEYS_URL', 'WARDEN_ORIGIN'] as const) {
    const url = parsed[setting];
    if (url?.startsWith('http:') === true && !isLoopback(url)) {
      problems.push({ setting, found: url, expected: 'https for anything but loopback' });
    }
  }
  if (origin !== undefined && new URL(origin).origin !== origin) {
    problems.push({ setting: 'WARDEN_ORIGIN', found: origin, expected: 'scheme, host and port only' });
  }
  // An override that has ended is not a problem of the settings but of the gate, which shuts: so the time here is 0.
  for (const problem of policyProblems(policyOf(parsed), 0)) {
    problems.push({
      setting: 'WARDEN_APPROVALS',
      found: `a policy where ${problem}`,
      expected: 'a policy that can be met',
    });
  }
  return problems;
}

/** What is wrong with single HSMs: it stops nothing else. `hsms`: the names of what is protected. */
export function recoveryFaults(parsed: RecoveryValues, hsms: readonly string[]): SettingProblem[] {
  return groupsOf(parsed)
    .flat()
    .filter((name) => !hsms.includes(name))
    .map((found) => ({ setting: 'WARDEN_SHARED_DOMAINS', found, expected: 'names of WARDEN_HSMS' }));
}

function groupsOf(parsed: RecoveryValues): readonly (readonly string[])[] {
  return (parsed.WARDEN_SHARED_DOMAINS ?? []).map((group) => group.split('+'));
}

/** The configuration; undefined when there is no recovery. The settings are without problems. */
export function buildRecovery(parsed: RecoveryValues): RecoveryConfig | undefined {
  const tenant = parsed.WARDEN_AUTH_TENANT?.toLowerCase();
  if (tenant === undefined) return undefined;
  const secrets = parsed.WARDEN_WEBHOOK_SECRETS ?? {};
  const apps = parsed.WARDEN_WEBHOOK_APPS ?? {};
  return {
    trust: {
      tenant,
      audience: parsed.WARDEN_AUTH_AUDIENCE ?? '',
      issuer: parsed.WARDEN_AUTH_ISSUER ?? `${LOGIN}/${tenant}/v2.0`,
      jwksUrl: parsed.WARDEN_AUTH_KEYS_URL ?? `${LOGIN}/${tenant}/discovery/v2.0/keys`,
      scope: parsed.WARDEN_AUTH_SCOPE,
    },
    policy: policyOf(parsed),
    webhooks: {
      sources: [...new Set([...Object.keys(secrets), ...Object.keys(apps)])],
      apps,
      perMinute: parsed.WARDEN_WEBHOOK_RATE,
      autoRequest: parsed.WARDEN_AUTO_REQUEST,
    },
    requests: {
      perRequester: parsed.WARDEN_OPEN_PER_REQUESTER,
      perHsm: parsed.WARDEN_OPEN_PER_HSM,
      listMs: parsed.WARDEN_LIST_DAYS * DAY_MS,
    },
    webhookSecrets: secrets,
    signIn: {
      contexts: parsed.WARDEN_STEP_UP ?? {},
      approvalMs: parsed.WARDEN_APPROVAL_SIGN_IN_MINUTES * MINUTE_MS,
    },
    sharedDomains: groupsOf(parsed),
    ...(parsed.WARDEN_ORIGIN !== undefined && { origin: parsed.WARDEN_ORIGIN }),
  };
}

function policyOf(parsed: RecoveryValues): RecoveryPolicy {
  const until = parsed.WARDEN_APPROVAL_OVERRIDE_UNTIL;
  return {
    approvals: parsed.WARDEN_APPROVALS,
    groups: parsed.WARDEN_APPROVAL_GROUPS ?? [],
    ttlMs: parsed.WARDEN_APPROVAL_HOURS * HOUR_MS,
    rules: (parsed.WARDEN_APPROVAL_RULES ?? []).map(({ hours, ...rule }) => ({
      ...rule,
      ...(hours !== undefined && { ttlMs: hours * HOUR_MS }),
    })),
    ...(until !== undefined && { overrideUntil: epochOf(until) }),
  };
}
