/** The settings of the drills. */
import { z } from 'zod';
import { HsmName } from '../../core/model/names.ts';
import { jsonOf, numberBetween, Schedule } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';

/** https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/get */
const RESOURCE_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/managedHSMs\/[^/]+$/i;

const DrillHsmSetting = z.strictObject({
  name: HsmName,
  url: urlSetting('none', /^https$/).exactOptional(),
  resource: z.string().regex(RESOURCE_ID, 'expected the resource id of a Managed HSM'),
  of: z.array(HsmName).min(1).exactOptional(),
});

const DrillHsmList = jsonOf(z.array(DrillHsmSetting).min(1)).refine(
  (list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length,
  'expected each drill HSM once',
);

/** By the name of their environment variable. */
export const DRILL_SETTINGS = {
  WARDEN_DRILL_HSMS: setting(DrillHsmList, {
    description:
      'HSMs used for restore drills and nothing else, one for each security domain: without purge protection, for what is restored there is deleted and purged. `of`: the protected HSMs of the same security domain, all unless it says otherwise.',
    expected:
      'JSON like `[{"name":"drill","resource":"/subscriptions/…/providers/Microsoft.KeyVault/managedHSMs/drill","of":["contoso"]}]`; an HSM may have `url`',
    otherwise: 'none: no drill, and restores are called unproven',
  }),
  WARDEN_DRILL_DAYS: setting(numberBetween(1, 365, 'days').int(), {
    description:
      'Days within which the newest recovery point of every key is proven to restore; of new and changed keys within 24 hours.',
    expected: '1 to 365 days',
    default: '30',
  }),
  WARDEN_DRILL_SCHEDULE: setting(Schedule, {
    description: 'When the drills of a night start.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 0 6 * * *',
  }),
  WARDEN_DRILL_PACE: setting(numberBetween(0.1, 10, 'restores a second'), {
    description: 'Restores, deletions and purges a second in a drill HSM.',
    expected: '0.1 to 10',
    default: '10',
  }),
  WARDEN_DRILL_QUEUE_URL: setting(urlSetting('account'), {
    description: 'Queue endpoint of the drill app, for whoever asks it for a drill.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'as `WARDEN_QUEUE_URL`',
  }),
} as const;

/** One drill HSM. */
export interface DrillHsmConfig {
  readonly name: string;
  readonly url: string;
  readonly resource: string;
  readonly of: readonly string[];
}

/** The configuration; without a drill HSM there are no drills. */
export interface DrillConfig {
  readonly hsms: readonly DrillHsmConfig[];
  readonly days: number;
  readonly schedule: string;
  readonly pace: number;
  readonly queueUrl?: string;
}

type DrillValues = Values<typeof DRILL_SETTINGS>;

/** Rules over the settings of the drills, and the protected HSMs. */
export function drillProblems(values: DrillValues, protectedHsms: readonly string[]): SettingProblem[] {
  const list = values.WARDEN_DRILL_HSMS ?? [];
  const problem = (found: string, expected: string): SettingProblem => ({
    setting: 'WARDEN_DRILL_HSMS',
    found,
    expected,
  });
  const known = new Set(protectedHsms);
  const isProtected = (name: string) => protectedHsms.some((one) => one.toLowerCase() === name.toLowerCase());
  const placed = list.flatMap(({ of = [] }) => of);
  return [
    ...list
      .filter(({ name }) => isProtected(name))
      .map(({ name }) => problem(`${name}, which is protected`, 'an HSM that WARDEN_HSMS does not name')),
    ...placed
      .filter((name) => !known.has(name))
      .map((name) => problem(`drills of ${name}`, 'names of HSMs as in WARDEN_HSMS')),
    ...(new Set(placed).size < placed.length || (list.length > 1 && list.some(({ of }) => of === undefined))
      ? [problem('an HSM in two drill HSMs', 'every protected HSM in one drill HSM: say `of` for each')]
      : []),
  ];
}

/** The configuration. The settings are without problems. */
export function drillConfig(values: DrillValues, protectedHsms: readonly string[]): DrillConfig {
  const { WARDEN_DRILL_QUEUE_URL: queueUrl } = values;
  return {
    hsms: (values.WARDEN_DRILL_HSMS ?? []).map(({ name, url, resource, of }) => ({
      name,
      url: url ?? `https://${name.toLowerCase()}.managedhsm.azure.net`,
      resource,
      of: of ?? protectedHsms,
    })),
    days: values.WARDEN_DRILL_DAYS,
    schedule: values.WARDEN_DRILL_SCHEDULE,
    pace: values.WARDEN_DRILL_PACE,
    ...(queueUrl !== undefined && { queueUrl }),
  };
}
