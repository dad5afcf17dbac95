/** Every setting of the product, from the platform and the manifests of the features. Documentation and checks are made from it. */
import type { Values } from '../../core/settings/setting.ts';
import { AUDIT_FEED_SETTINGS } from '../../features/audit-feed/manifest.ts';
import { BACKUP_SETTINGS } from '../../features/backup/settings.ts';
import { CONSOLE_SETTINGS } from '../../features/console/settings.ts';
import { DRILL_SETTINGS } from '../../features/drill/settings.ts';
import { FLEET_SETTINGS } from '../../features/fleet/settings.ts';
import { NOTIFY_SETTINGS } from '../../features/notify/settings.ts';
import { RECOVERY_SETTINGS } from '../../features/recovery/settings.ts';
import { SEAL_SETTINGS } from '../../features/seals/settings.ts';
import { VERIFY_SETTINGS } from '../../features/verify/manifest.ts';
import { WATCH_SETTINGS } from '../../features/watch/settings.ts';
import { PLATFORM_SETTINGS } from './settings.ts';

/** By the name of their environment variable. */
export const SETTINGS = {
  ...PLATFORM_SETTINGS,
  ...BACKUP_SETTINGS,
  ...WATCH_SETTINGS,
  ...VERIFY_SETTINGS,
  ...AUDIT_FEED_SETTINGS,
  ...RECOVERY_SETTINGS,
  ...SEAL_SETTINGS,
  ...NOTIFY_SETTINGS,
  ...DRILL_SETTINGS,
  ...FLEET_SETTINGS,
  ...CONSOLE_SETTINGS,
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** All settings as read. */
export type ProductValues = Values<typeof SETTINGS>;

/** The containers as they are called unless the settings say otherwise. */
export const CONTAINERS = {
  backup: SETTINGS.WARDEN_BACKUP_CONTAINER.default,
  state: SETTINGS.WARDEN_STATE_CONTAINER.default,
  audit: SETTINGS.WARDEN_AUDIT_CONTAINER.default,
} as const;
