/** The settings of the drills. */
import { definedOnly } from '../../core/defined-only.ts';
import { numberBetween, Schedule } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { KeyUrl, type SEAL_SETTINGS } from '../seals/settings.ts';
import { type DrillHsmConfig, type DrillHsmEntries, DrillHsmList, placeDrills } from './drill-hsms.ts';

export type { DrillHsmConfig } from './drill-hsms.ts';

/** The container of the drills that must fail, in the account that WARDEN_DRILL_FAULTS_URL names. Nothing else is kept there. */
export const FAULT_CONTAINER = 'drill-faults';

/** By the name of their environment variable. */
export const DRILL_SETTINGS = {
  WARDEN_DRILL_HSMS: setting(DrillHsmList, {
    description:
      'HSMs used for restore drills and nothing else, one for each security domain: without purge protection, for what is restored there is deleted and purged. `of`: the protected HSMs of the same security domain, also those that are yet to be added (`hsm-warden hsm add`); all unless it says otherwise. An entry that is not valid stops nothing but the drills of its HSMs, and is reported.',
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
  WARDEN_DRILL_FAULTS_URL: setting(urlSetting('account'), {
    description:
      'Blob endpoint of the account with the container `drill-faults`: for the time of their drill it holds the recovery points of the drills that must fail, and nothing else ever. For the drill app alone.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'as `WARDEN_STATE_URL`',
  }),
  WARDEN_DRILL_FAULT_KEY_URL: setting(KeyUrl, {
    description:
      'The key that seals the recovery points of drills that must fail, for the drill app alone: an EC key on P-256 that is neither pinned in `WARDEN_SEAL_PUBLIC_KEYS` nor used for anything else, so that nothing it seals counts. The app reads its public part.',
    expected: '`https://{vault}/keys/{name}/{version}`',
    otherwise:
      'none: drills that must fail do not try the check of the seal, and `status` says so where seals are configured',
  }),
} as const;

/** The configuration; without a drill HSM there are no drills. */
export interface DrillConfig {
  readonly hsms: readonly DrillHsmConfig[];
  /** What the setting says of them, for whoever knows more protected HSMs than the settings. */
  readonly entries?: DrillHsmEntries;
  readonly days: number;
  readonly schedule: string;
  readonly pace: number;
  readonly queueUrl?: string;
  readonly faultsUrl?: string;
  readonly faultKeyUrl?: string;
}

type DrillValues = Values<typeof DRILL_SETTINGS>;

/** What is wrong with single drill HSMs, or with the key of the drills that must fail: it stops nothing but what it is about. */
export function drillFaults(
  values: DrillValues & Values<typeof SEAL_SETTINGS>,
  protectedHsms: readonly string[],
  mayGrow: boolean,
): readonly SettingProblem[] {
  const { faults } = placeDrills(values.WARDEN_DRILL_HSMS, protectedHsms, mayGrow);
  const {
    WARDEN_DRILL_FAULT_KEY_URL: key,
    WARDEN_SEAL_KEY_URL: main,
    WARDEN_SEAL_PUBLIC_KEYS: pins,
  } = values;
  if (key === undefined) return faults;
  const pinned = (pins?.keys ?? []).flatMap((one) => ('url' in one ? [one.url] : []));
  if (key !== main && !pinned.includes(key)) return faults;
  const expected =
    'a key that seals nothing else and that nothing pins; until then drills that must fail are not tried';
  return [...faults, { setting: 'WARDEN_DRILL_FAULT_KEY_URL', found: `${key}, whose seals count`, expected }];
}

/** The configuration. `mayGrow`: people can add HSMs to those that are protected. */
export function drillConfig(
  values: DrillValues,
  protectedHsms: readonly string[],
  mayGrow: boolean,
): DrillConfig {
  const {
    WARDEN_DRILL_HSMS: entries,
    WARDEN_DRILL_QUEUE_URL: queueUrl,
    WARDEN_DRILL_FAULTS_URL: faultsUrl,
    WARDEN_DRILL_FAULT_KEY_URL: faultKeyUrl,
  } = values;
  return {
    hsms: placeDrills(entries, protectedHsms, mayGrow).hsms,
    days: values.WARDEN_DRILL_DAYS,
    schedule: values.WARDEN_DRILL_SCHEDULE,
    pace: values.WARDEN_DRILL_PACE,
    ...definedOnly({ entries, queueUrl, faultsUrl, faultKeyUrl }),
  };
}
