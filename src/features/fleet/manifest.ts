/** The fleet: Managed HSMs are searched for, so that none is left without backups because nobody named it. */
import type { AppPorts } from '../../core/app-ports.ts';
import type { Feature } from '../../core/feature.ts';
import { type DiscoverDeps, discover } from './discover.ts';
import { FLEET_SETTINGS, type FleetConfig } from './settings.ts';

/** The part of the configuration that it reads. */
export interface FleetNeeds {
  readonly fleet: FleetConfig;
}

/** What it works with. */
export interface FleetApp
  extends Pick<AppPorts, 'state' | 'bus' | 'clock' | 'logger' | 'signal'>,
    Pick<DiscoverDeps, 'seals'> {
  readonly config: FleetNeeds;
  /** What reaches Azure; undefined where the settings name no scope. */
  readonly discovery: Pick<DiscoverDeps, 'directory' | 'probeRole' | 'named' | 'decided'> | undefined;
}

export const FLEET_FEATURE: Feature<FleetNeeds, FleetApp> = {
  name: 'fleet',
  settings: FLEET_SETTINGS,
  queues: [],
  triggers: [
    {
      kind: 'timer',
      name: 'hsmDiscovery',
      // Apart from the watch, which begins with the quarter of an hour.
      schedule: () => '0 7/15 * * * *',
      run: async (app) => {
        const { discovery, config } = app;
        if (discovery === undefined) return undefined;
        return discover({ ...app, ...discovery, hosts: config.fleet });
      },
    },
  ],
};
