/** Every event of the product, from what each feature declares: schemas, documentation and sinks are made from this list. */
import type { EventDefinition } from '../core/events/define-event.ts';
import { BACKUPS_UNSEALED } from '../features/backup/events.ts';
import { MESSAGE_POISONED } from '../features/dead-letters/events.ts';
import { DRILL_EVENTS } from '../features/drill/events.ts';
import { FLEET_EVENTS } from '../features/fleet/model/events.ts';
import { NOTIFY_EVENTS } from '../features/notify/model/events.ts';
import { RECOVERY_EVENTS } from '../features/recovery/model/events.ts';
import { BACKUP_DAMAGED, BACKUP_REPLACED } from '../features/recovery-points/events.ts';
import { WATCH_EVENTS } from '../features/watch/model/events.ts';

export const EVENTS: readonly EventDefinition[] = [
  ...WATCH_EVENTS,
  BACKUP_DAMAGED,
  BACKUP_REPLACED,
  BACKUPS_UNSEALED,
  MESSAGE_POISONED,
  ...RECOVERY_EVENTS,
  ...NOTIFY_EVENTS,
  ...DRILL_EVENTS,
  ...FLEET_EVENTS,
];
