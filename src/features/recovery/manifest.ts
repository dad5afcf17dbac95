/** The recovery: keys come back, and only after the right people approved exactly that. */
import { type Feature, worker } from '../../core/feature.ts';
import type { Route } from '../../core/route.ts';
import type { Caller } from './access/caller.ts';
import { GATE_ROUTES } from './access/routes.ts';
import type { RecoveryApp } from './app.ts';
import { FLEET_ROUTES } from './findings/fleet-routes.ts';
import { INCIDENT_ROUTES } from './findings/incident-routes.ts';
import { FINDING_ROUTES } from './findings/routes.ts';
import { RECOVERIES } from './model/message.ts';
import { INVENTORY_ROUTES } from './planning/routes.ts';
import { REARMING_ROUTES } from './rearming/routes.ts';
import { REQUEST_ROUTES } from './request/routes.ts';
import { WEBHOOK_ROUTES } from './webhooks/routes.ts';

/** Every route of the API but its own description. */
export const RECOVERY_ROUTES: readonly Route<RecoveryApp, Caller>[] = [
  ...Object.values(REQUEST_ROUTES),
  ...Object.values(INVENTORY_ROUTES),
  ...Object.values(FINDING_ROUTES),
  ...Object.values(INCIDENT_ROUTES),
  ...Object.values(FLEET_ROUTES),
  ...Object.values(GATE_ROUTES),
  ...Object.values(REARMING_ROUTES),
  ...Object.values(WEBHOOK_ROUTES),
];

/** What the recovery runs by. */
export const RECOVERY: Feature<unknown, RecoveryApp> = {
  name: 'recovery',
  settings: {},
  queues: [RECOVERIES],
  triggers: [
    worker('recoveryWorker', RECOVERIES, (app, message) => app.execute(message)),
    {
      kind: 'timer',
      name: 'recoveryReconcile',
      schedule: () => '0 */5 * * * *',
      run: (app) => app.reconcile(),
    },
    {
      kind: 'timer',
      name: 'gateCheck',
      schedule: () => '0 30 5 * * *',
      run: (app) => app.reportGate(),
    },
  ],
};
