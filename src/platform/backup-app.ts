/** The backup app: nightly and single backups, the watch, the verification, the audit feed. */
import { channel } from 'node:diagnostics_channel';
import { NamedSerializers, Serializer } from '../core/serializer.ts';
import { readLastDrill } from '../features/drill/standing.ts';
import { FleetSummaries } from '../features/fleet-summary/fleet-summaries.ts';
import { KnownIncidents } from '../features/notify/model/known-incidents.ts';
import { WakeUps } from '../features/notify/model/wake-ups.ts';
import { reportLosses } from '../features/status/report-losses.ts';
import { summarizeScan } from '../features/status/summarize-scan.ts';
import { type App, bindApp, type InvocationLog, loggerTo } from './app.ts';
import type { Config } from './config/config.ts';
import { BACKUP_FEATURES, type BackupAppPorts } from './features.ts';
import { growingApp } from './growing-app.ts';
import { openDiscovery } from './open-discovery.ts';
import { openPlatform, type Platform } from './platform.ts';

/** Progress of sweeps, for whoever watches in this process: each message is a `RunSummary`. */
const progress = channel('hsm-warden.sweep');

/** Makes the app from its configuration. Nothing is contacted before the first call. */
export function composeBackupApp(config: Config, platform: Platform = openPlatform({ config })): App {
  return growingApp(platform, (own) => backupAppOn(own));
}

function backupAppOn(platform: Platform): App {
  const { config } = platform;
  const stopping = new AbortController();
  const app = bindApp(BACKUP_FEATURES, config, backupPortsOn(platform, stopping.signal), stopping);
  return {
    ...app,
    stop: async () => {
      await app.stop();
      await platform.releasePace();
    },
  };
}

/** What the features are given, for the log of one invocation. The function lives as long as the process. */
export function backupPortsOn(
  platform: Platform,
  signal: AbortSignal,
): (log: InvocationLog) => Promise<BackupAppPorts> {
  const saves = new Serializer();
  const writes = new NamedSerializers();
  const wakes = new WakeUps();
  const known = new KnownIncidents();
  const discovery = openDiscovery(platform);
  const { state, clock, config, hsms } = platform;
  const { schedule: scanSchedule } = config.watch;
  const fleetSummaries = new FleetSummaries({ state, clock, hsms: hsms.names, scanSchedule });
  return async (log) => {
    await platform.prepare();
    const logger = loggerTo(log, platform.clock);
    return {
      ...platform,
      channels: platform.channels(),
      discovery,
      logger,
      backups: platform.backups(logger),
      signal,
      saves,
      writes,
      fleetSummaries,
      wakes,
      known,
      drillsOf: async (hsm, cancelled) => {
        const { hsms: sites, days } = platform.config.drill;
        return { ...(await readLastDrill(platform.state, sites, hsm, cancelled)), days };
      },
      onProgress: (run) => progress.publish(run),
      onNews: (hsm) => fleetSummaries.renew(hsm, { logger, signal }),
      onScanned: async (scan, policy) => {
        const { keys, resource } = platform.hsms.get(scan.hsm);
        const { drill } = config;
        const due = { scanSchedule, drillDays: drill.days, drillHsms: drill.hsms };
        const deps = { ...platform, ...due, logger, keys, resource };
        const isNews = await summarizeScan(deps, policy, scan, signal);
        if (isNews || scan.state.outbox.length > 0) await fleetSummaries.renew(scan.hsm, { logger, signal });
        await reportLosses({ ...platform, logger }, scan.state, signal);
      },
    };
  };
}
