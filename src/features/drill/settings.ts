/** The settings of the drills. */
import { numberBetween, Schedule } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { type DrillHsmConfig, DrillHsmList, placeDrills } from './drill-hsms.ts';

export type { DrillHsmConfig } from './drill-hsms.ts';

/** By the name of their environment variable. */
export const DRILL_SETTINGS = {
  WARDEN_DRILL_HSMS: setting(DrillHsmList, {
    description:
      'HSMs used for restore drills and nothing else, one for each security domain: without purge protection, for what is restored there is deleted and purged. `of`: the protected HSMs of the same security domain, all unless it says otherwise. An entry that is not valid stops nothing but the drills of its HSMs, and is reported.',
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

/** The configuration; without a drill HSM there are no drills. */
export interface DrillConfig {
  readonly hsms: readonly DrillHsmConfig[];
  readonly days: number;
  readonly schedule: string;
  readonly pace: number;
  readonly queueUrl?: string;
}

type DrillValues = Values<typeof DRILL_SETTINGS>;

/** What is wrong with single drill HSMs: it stops nothing but their drills. */
export function drillFaults(
  values: DrillValues,
  protectedHsms: readonly string[],
): readonly SettingProblem[] {
  return placeDrills(values.WARDEN_DRILL_HSMS, protectedHsms).faults;
}

/** The configuration. */
export function drillConfig(values: DrillValues, protectedHsms: readonly string[]): DrillConfig {
  const { WARDEN_DRILL_QUEUE_URL: queueUrl } = values;
  return {
    hsms: placeDrills(values.WARDEN_DRILL_HSMS, protectedHsms).hsms,
    days: values.WARDEN_DRILL_DAYS,
    schedule: values.WARDEN_DRILL_SCHEDULE,
    pace: values.WARDEN_DRILL_PACE,
    ...(queueUrl !== undefined && { queueUrl }),
  };
}
