/** The routes about what was done: runs, drills, the audit log, and what is configured. */
import { z } from 'zod';
import { HsmName } from '../../core/model/names.ts';
import { defineRoute, NOTHING } from '../../core/route.ts';
import { READERS, ROLES } from '../recovery/access/caller.ts';
import { AuditPage, AuditQuery } from './audit-search.ts';
import { Offset } from './key-list.ts';
import { DrillPage } from './model/drills.ts';
import { Night, NightDetail } from './model/nights.ts';
import { SettingsView } from './model/settings.ts';
import type { Call } from './route-call.ts';

const nights = defineRoute(
  {
    ...NOTHING,
    name: 'consoleNights',
    operation: 'listNights',
    method: 'GET',
    path: 'console/nights',
    summary: 'List the runs by day, newest first',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      days: z.coerce.number().int().min(1).max(90).default(30),
      before: z.iso.date().exactOptional(),
    }),
    answers: {
      200: {
        description: 'The nights; `next` is the day to go on before',
        schema: z.strictObject({ items: z.array(Night), next: z.iso.date() }),
      },
    },
  },
  async ({ app }: Call, { query: { days, before } }) => ({
    status: 200,
    body: await app.console.nights(days, before),
  }),
);

const night = defineRoute(
  {
    ...NOTHING,
    name: 'consoleNight',
    operation: 'readNight',
    method: 'GET',
    path: 'console/night',
    summary: 'One run with its keys, and its failures by cause',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      hsm: HsmName,
      runId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/, 'expected the id of a run'),
      outcome: z
        .enum(['backed-up', 'unchanged', 'skipped', 'vanished', 'refused', 'failed', 'trouble'])
        .exactOptional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      next: Offset,
    }),
    answers: { 200: { description: 'The run', schema: NightDetail } },
  },
  async ({ app }: Call, { query: { next, outcome, ...rest } }) => ({
    status: 200,
    body: await app.console.night({
      ...rest,
      offset: Number(next ?? 0),
      ...(outcome === undefined ? {} : { outcome }),
    }),
  }),
);

const drills = defineRoute(
  {
    ...NOTHING,
    name: 'consoleDrills',
    operation: 'listDrills',
    method: 'GET',
    path: 'console/drills',
    summary: 'Say what restore drills have proven, key by key; what failed comes first',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      hsm: HsmName.exactOptional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      next: Offset,
    }),
    answers: { 200: { description: 'A page of drilled keys', schema: DrillPage } },
  },
  async ({ app }: Call, { query: { next, hsm, limit } }) => ({
    status: 200,
    body: await app.console.drills({
      limit,
      offset: Number(next ?? 0),
      ...(hsm === undefined ? {} : { hsm }),
    }),
  }),
);

const audit = defineRoute(
  {
    ...NOTHING,
    name: 'consoleAudit',
    operation: 'searchAudit',
    method: 'GET',
    path: 'console/audit',
    summary: 'Search the audit log, newest first; lines are as they are stored',
    roles: [ROLES.audit],
    gated: 'identity',
    query: AuditQuery,
    answers: { 200: { description: 'A page of lines', schema: AuditPage } },
  },
  async ({ app }: Call, { query }) => ({ status: 200, body: await app.console.audit(query) }),
);

const settings = defineRoute(
  {
    ...NOTHING,
    name: 'consoleSettings',
    operation: 'readSettings',
    method: 'GET',
    path: 'console/settings',
    summary: 'What is protected and configured; secrets are left out',
    roles: READERS,
    gated: 'identity',
    answers: { 200: { description: 'The settings of the recovery app', schema: SettingsView } },
  },
  async ({ app }: Call) => ({ status: 200, body: await app.console.settings(app) }),
);

/** By operation. */
export const RECORD_ROUTES = { nights, night, drills, audit, settings } as const;
