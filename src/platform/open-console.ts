/** Makes what the console's routes work with. */
import { definedOnly } from '../core/defined-only.ts';
import { isLoopback } from '../core/settings/kinds.ts';
import { HOUR_MS, MINUTE_MS } from '../core/time.ts';
import { Console } from '../features/console/console.ts';
import type { SignInConfig } from '../features/console/model/people.ts';
import type { SettingsView } from '../features/console/model/settings.ts';
import { decidedView } from '../features/fleet/decide.ts';
import type { RecoveryConfig } from '../features/recovery/config.ts';
import { ruleFor } from '../features/recovery/model/policy.ts';
import { watchPolicy } from '../features/watch/settings.ts';
import type { Config } from './config/config.ts';
import type { Environment } from './config/read-values.ts';
import { shownSettings } from './config/show-settings.ts';
import type { Platform } from './platform.ts';
import { unusable } from './unusable-hsm.ts';

/** How Entra's issuers of version 2 end; the authority of such a one is what is before. */
const VERSION = /\/v2\.0$/;

/** One for each process. */
export function openConsole(
  platform: Pick<Platform, 'state' | 'auditStore' | 'anchor' | 'decisions' | 'clock' | 'seals'>,
  config: Config,
  recovery: RecoveryConfig,
  backups: ReturnType<Platform['backups']>,
  environment: Environment,
  fleetDoubt?: () => string | undefined,
): Console {
  return new Console({
    ...platform,
    store: platform.state,
    backups,
    hsms: config.hsms.map(({ fault, ...hsm }) => ({
      ...hsm,
      ...(fault === undefined ? {} : { fault: unusable(hsm.name, fault).message }),
    })),
    nights: watchPolicy(config),
    channels: config.notify.channels.map(({ name }) => name),
    drillDays: config.drill.days,
    signIn: signInConfig(config, recovery),
    settings: settingsView(config, recovery, environment),
    ...definedOnly({ fleetDoubt }),
  });
}

function signInConfig({ console: { metadata } }: Config, { trust, signIn }: RecoveryConfig): SignInConfig {
  const { issuer, audience, scope } = trust;
  const isEntra = VERSION.test(issuer);
  const resource = /^[0-9a-f-]{36}$/i.test(audience) ? `api://${audience}` : audience;
  return {
    authority: issuer.replace(VERSION, ''),
    knownAuthorities: [new URL(issuer).host],
    protocolMode: isEntra ? 'AAD' : 'OIDC',
    clientId: audience,
    scope: `${resource}/${scope}`,
    ...definedOnly({ authorityMetadata: metadata }),
    local: isLoopback(issuer),
    approvalSignInMinutes: signIn.approvalMs / MINUTE_MS,
  };
}

function settingsView(
  { hsms, seals }: Config,
  { policy, signIn }: RecoveryConfig,
  environment: Environment,
): Omit<SettingsView, 'gate' | 'receivers' | 'fleetDoubt'> {
  const { ttlMs, ...usual } = ruleFor({ ...policy, rules: [] }, '');
  return {
    hsms: hsms.map(({ name, url, resource, added }) => ({
      name,
      url,
      resource,
      ...(added !== undefined && { added: decidedView(added) }),
    })),
    settings: shownSettings(environment),
    policy: {
      ...usual,
      hours: ttlMs / HOUR_MS,
      rules: policy.rules.map((rule) => {
        const { ttlMs: ttl, ...one } = ruleFor({ ...policy, rules: [{ ...rule, pattern: '*' }] }, '');
        return { pattern: rule.pattern, ...one, hours: ttl / HOUR_MS };
      }),
    },
    signIn: { approvalMinutes: signIn.approvalMs / MINUTE_MS, contexts: { ...signIn.contexts } },
    seals: seals !== undefined,
  };
}
