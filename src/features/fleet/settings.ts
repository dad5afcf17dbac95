/** The settings of the discovery. */
import { z } from 'zod';
import { isLoopback } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';

const GROUP = '/providers/microsoft.management/managementgroups/';

/** Of one word: the id of a subscription, or the resource id of a management group. */
const Scope = z.union([
  z.guid().transform((id) => ({ kind: 'subscription' as const, id: id.toLowerCase() })),
  z
    .string()
    .regex(
      /^\/providers\/Microsoft\.Management\/managementGroups\/[A-Za-z0-9_().-]{1,90}$/i,
      'expected the id of a subscription, or /providers/Microsoft.Management/managementGroups/{name}',
    )
    .transform((id) => ({ kind: 'management-group' as const, id: id.slice(GROUP.length) })),
]);
/** What is searched for HSMs. */
export type Scope = z.output<typeof Scope>;

const Scopes = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(Scope).min(1, 'expected at least one scope').max(100));

/** Resource Manager of each cloud, and the domain of its Managed HSMs: https://learn.microsoft.com/azure/key-vault/managed-hsm/overview */
const CLOUDS = {
  'https://management.azure.com': '.managedhsm.azure.net',
  'https://management.usgovcloudapi.net': '.managedhsm.usgovcloudapi.net',
  'https://management.chinacloudapi.cn': '.managedhsm.azure.cn',
} as const;
const URLS = Object.keys(CLOUDS).join('`, `');

/** By the name of their environment variable. */
export const FLEET_SETTINGS = {
  WARDEN_DISCOVERY_SCOPES: setting(Scopes, {
    description:
      'Where the backup app searches for Managed HSMs every 15 minutes. It needs the role Reader there. One that WARDEN_HSMS does not name is reported until somebody adds it (hsm-warden hsm add), names it there, or excludes it.',
    expected:
      'ids of subscriptions, or of management groups as `/providers/Microsoft.Management/managementGroups/{name}`, separated by commas',
    otherwise: 'none: no HSM is searched for',
  }),
  WARDEN_DISCOVERY_URL: setting(urlSetting('none'), {
    description:
      'Azure Resource Manager, which is asked for the HSMs. It says which cloud they are of: an address in another domain than that of its Managed HSMs is sent no token.',
    expected: `one of \`${URLS}\`; any on loopback`,
    default: 'https://management.azure.com',
  }),
} as const;

/** The discovery as configured; without scopes there is none. */
export interface FleetConfig {
  readonly scopes: readonly Scope[];
  readonly url: string;
  /** What the hosts of HSMs end with; `loopback`: they are on this machine. */
  readonly hosts: string;
}

type FleetValues = Values<typeof FLEET_SETTINGS>;

/** Rules over these settings. */
export function fleetProblems({ WARDEN_DISCOVERY_URL: url }: FleetValues): SettingProblem[] {
  if (isLoopback(url) || Object.hasOwn(CLOUDS, url)) return [];
  return [
    { setting: 'WARDEN_DISCOVERY_URL', found: url, expected: FLEET_SETTINGS.WARDEN_DISCOVERY_URL.expected },
  ];
}

/** The configuration. The settings are without problems. */
export function fleetConfig(values: FleetValues): FleetConfig {
  const { WARDEN_DISCOVERY_SCOPES: scopes = [], WARDEN_DISCOVERY_URL: url } = values;
  const hosts = Object.entries(CLOUDS).find(([of]) => of === url)?.[1] ?? 'loopback';
  return { scopes, url, hosts };
}

/** Whether `url` is one of a Managed HSM of the cloud of the settings: only then may it be sent a token. */
export function isHsmAddress(url: string, { hosts }: Pick<FleetConfig, 'hosts'>): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  if (hosts === 'loopback') return isLoopback(url);
  const name = hostname.slice(0, -hosts.length);
  return hostname.endsWith(hosts) && port === '' && /^[a-z0-9-]+(\.[a-z0-9]+)?$/.test(name);
}
