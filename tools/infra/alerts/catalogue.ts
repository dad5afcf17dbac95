/** Every rule over the logs: the promise it keeps, how soon and how far back it asks, and samples of both kinds. */
import { BACKUP_ALERTS } from './backup-alerts.ts';
import { DELIVERY_ALERTS } from './delivery-alerts.ts';
import { DRILL_ALERTS } from './drill-alerts.ts';
import { KEY_ALERTS } from './key-alerts.ts';
import { RECOVERY_ALERTS } from './recovery-alerts.ts';
import type { Alert } from './samples.ts';
import { SEAL_ALERTS } from './seal-alerts.ts';
import { SERVICE_ALERTS } from './service-alerts.ts';

export const ALERTS: Readonly<Record<string, Alert>> = {
  ...KEY_ALERTS,
  ...BACKUP_ALERTS,
  ...RECOVERY_ALERTS,
  ...DELIVERY_ALERTS,
  ...DRILL_ALERTS,
  ...SERVICE_ALERTS,
  ...SEAL_ALERTS,
};
