/** The notifications: people are reached on their channels, once, and a record of it is kept. */
import type { AppPorts } from '../../core/app-ports.ts';
import { definedOnly } from '../../core/defined-only.ts';
import type { Severity } from '../../core/events/severity.ts';
import { type Feature, worker } from '../../core/feature.ts';
import { readMessage } from '../../core/queue.ts';
import type { NamedSerializers } from '../../core/serializer.ts';
import { isoTime } from '../../core/time.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import type { KnownIncidents } from './model/known-incidents.ts';
import type { Channel } from './model/ports.ts';
import { NOTIFICATIONS, type QueuedEvent } from './model/queues.ts';
import type { WakeUps } from './model/wake-ups.ts';
import { handleNotification, type NotifierDeps, reconcileNotifications } from './notifier.ts';
import { NOTIFY_SETTINGS, type NotifyConfig } from './settings.ts';

interface NotifyNeeds {
  readonly notify: NotifyConfig;
  /** The HSMs for drills, of which drills report. */
  readonly drill: { readonly hsms: readonly { readonly name: string }[] };
}

/** What the notifications are given for one call. */
export interface NotifyApp extends AppPorts {
  readonly config: NotifyNeeds;
  /** By name; empty where the settings name none: then nothing is done. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly severityOf: (event: QueuedEvent) => Severity;
  /** These are of the process. */
  readonly writes: NamedSerializers;
  readonly wakes: WakeUps;
  readonly known: KnownIncidents;
  readonly decisions?: DecisionSeals | undefined;
}

export const NOTIFY: Feature<NotifyNeeds, NotifyApp> = {
  name: 'notify',
  settings: NOTIFY_SETTINGS,
  queues: [NOTIFICATIONS],
  triggers: [
    worker('notifyWorker', NOTIFICATIONS, (app, message) =>
      handleNotification(notifierDeps(app), readMessage(NOTIFICATIONS, message)),
    ),
    {
      kind: 'timer',
      name: 'notifyReconcile',
      schedule: () => '30 * * * * *',
      run: (app) => reconcileNotifications(notifierDeps(app), hsmsWithIncidents(app)),
    },
    {
      kind: 'timer',
      name: 'notifyTest',
      schedule: ({ notify }) => notify.testSchedule,
      run: (app) =>
        handleNotification(notifierDeps(app), {
          kind: 'test',
          test: `daily-${isoTime(app.clock.now()).slice(0, 10)}`,
        }),
    },
  ],
};

/** Every HSM that events are about: the protected ones, and those for drills. */
export function hsmsWithIncidents({
  hsms,
  config,
}: {
  readonly hsms: Pick<NotifyApp['hsms'], 'names'>;
  readonly config: Pick<NotifyNeeds, 'drill'>;
}): readonly string[] {
  return [...hsms.names, ...config.drill.hsms.map(({ name }) => name)];
}

function notifierDeps(app: NotifyApp): NotifierDeps {
  const { notify } = app.config;
  return {
    ...app,
    policy: notify,
    reading: {
      severityOf: app.severityOf,
      maskKeys: notify.maskKeys,
      ...definedOnly({ origin: notify.origin }),
    },
  };
}
