/** The drill app: an identity of its own, which alone may use, delete and purge the copies in drill HSMs. */
import { hsmPropertiesReader } from '../adapters/arm/hsm-properties.ts';
import { BlobFaultContainer } from '../adapters/blob/blob-fault-container.ts';
import { createBlobService, ensureContainer } from '../adapters/blob/clients.ts';
import { RestDrillHsm } from '../adapters/keyvault/drill-key-operations.ts';
import { AimdPacer } from '../adapters/pacing/aimd-pacer.ts';
import { definedOnly } from '../core/defined-only.ts';
import type { Logger } from '../core/ports.ts';
import { isLoopback } from '../core/settings/kinds.ts';
import { FaultPoints } from '../features/drill/fault-points.ts';
import type { DrillApp } from '../features/drill/manifest.ts';
import type { DrillSite } from '../features/drill/run-context.ts';
import { type DrillHsmConfig, FAULT_CONTAINER } from '../features/drill/settings.ts';
import { type App, bindApp, type InvocationLog, loggerTo } from './app.ts';
import { queueAt } from './compose-notify.ts';
import type { Config } from './config/config.ts';
import { DRILL_FEATURES } from './features.ts';
import { growingApp } from './growing-app.ts';
import { faultSealsOf, resourcesIn } from './open-seals.ts';
import { openPlatform, type Platform } from './platform.ts';

/** Makes the app from its configuration. Nothing is contacted before the first call. */
export function composeDrillApp(config: Config, platform: Platform = openPlatform({ config })): App {
  return growingApp(platform, (own) => drillAppOn(own), true);
}

/** One generation: an HSM that people added is drilled, too. */
function drillAppOn(platform: Platform): App {
  const stopping = new AbortController();
  return bindApp(DRILL_FEATURES, platform.config, drillPortsOn(platform, stopping.signal), stopping);
}

function drillPortsOn(platform: Platform, signal: AbortSignal): (log: InvocationLog) => Promise<DrillApp> {
  const { config, clock } = platform;
  const sites = config.drill.hsms.map((hsm) => openSite(hsm, platform));
  const backupQueue = queueAt(config.notify.queueUrl, config, platform.access.state, clock);
  const resourceOf = resourcesIn(config);
  const faultsOf = openFaults(platform);
  return async (log) => {
    await platform.prepare();
    const logger = loggerTo(log, clock);
    const backups = platform.backups(logger);
    return {
      ...platform,
      logger,
      backups,
      faults: await faultsOf(logger),
      signal,
      sites,
      backupQueue,
      resourceOf,
      protectedHsms: config.hsms,
    };
  };
}

/** The drills that must fail: a container in the app's own account, where the settings name one, and a key of their own. */
function openFaults(platform: Platform): (logger: Logger) => Promise<FaultPoints> {
  const { config, access, credential, caPem, clock, seals } = platform;
  const { faultsUrl } = config.drill;
  const { state } = access;
  const own = state.kind === 'identity' && faultsUrl !== undefined ? { ...state, blobUrl: faultsUrl } : state;
  const container = createBlobService(own).getContainerClient(FAULT_CONTAINER);
  const faultSeals = faultSealsOf(config, credential, caPem, clock);
  return async (logger) => {
    // Nobody deploys into a storage emulator.
    if (config.storage.kind === 'connection') await ensureContainer(container, clock);
    return new FaultPoints({
      container: new BlobFaultContainer({ container, clock, logger }),
      own: faultSeals,
      seals,
      resourceOf: resourcesIn(config),
      clock,
    });
  };
}

/** A drill HSM with what may be done there, at the pace of the settings. */
export function openSite(hsm: DrillHsmConfig, { config, credential, caPem, clock }: SitePlatform): DrillSite {
  const { name, url, resource, of } = hsm;
  const reach = { credential, clock, ...definedOnly({ caPem }) };
  const pacer = () => new AimdPacer({ ratePerSecond: config.drill.pace, clock });
  return {
    name,
    url,
    resource,
    of,
    hsm: new RestDrillHsm({
      hsm: name,
      url,
      ...reach,
      disableChallengeResourceVerification: isLoopback(url),
    }),
    readProperties: hsmPropertiesReader(resource, { url: managementOf(url), scope: scopeOf(url), ...reach }),
    pacers: { restores: pacer(), deletes: pacer(), purges: pacer() },
  };
}

/** What a site is opened with. */
interface SitePlatform extends Pick<Platform, 'credential' | 'caPem' | 'clock'> {
  readonly config: { readonly drill: Pick<Config['drill'], 'pace'> };
}

/** https://learn.microsoft.com/azure/key-vault/managed-hsm/overview and the endpoints of each cloud's Resource Manager. */
const MANAGEMENT: readonly (readonly [suffix: string, url: string])[] = [
  ['.managedhsm.usgovcloudapi.net', 'https://management.usgovcloudapi.net'],
  ['.managedhsm.azure.cn', 'https://management.chinacloudapi.cn'],
];
const PUBLIC_CLOUD = 'https://management.azure.com';

/** An emulator answers for Resource Manager under its own address. */
function managementOf(url: string): string {
  if (isLoopback(url)) return url;
  return cloudOf(url);
}

function scopeOf(url: string): string {
  return `${cloudOf(url)}/.default`;
}

function cloudOf(url: string): string {
  const { hostname } = new URL(url);
  return MANAGEMENT.find(([suffix]) => hostname.endsWith(suffix))?.[1] ?? PUBLIC_CLOUD;
}
