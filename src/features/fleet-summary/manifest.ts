/** The summary of the fleet: one small document for fifty HSMs, so that whoever looks at a fleet reads no document of each. */
import type { AppPorts } from '../../core/app-ports.ts';
import type { Feature } from '../../core/feature.ts';
import type { FleetSummaries } from './fleet-summaries.ts';

/** What it works with. */
export interface FleetSummaryApp extends Pick<AppPorts, 'logger' | 'signal'> {
  readonly fleetSummaries: Pick<FleetSummaries, 'round'>;
}

export const FLEET_SUMMARY_FEATURE: Feature<unknown, FleetSummaryApp> = {
  name: 'fleet-summary',
  settings: {},
  queues: [],
  triggers: [
    {
      kind: 'timer',
      name: 'fleetSummary',
      // Apart from the watch, which begins with the quarter of an hour and takes a minute.
      schedule: () => '0 3/5 * * * *',
      run: ({ fleetSummaries, logger, signal }) => fleetSummaries.round({ logger, signal }),
    },
  ],
};
