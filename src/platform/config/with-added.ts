/** The configuration over the HSMs of the settings and those that people added. */
import { type BackupConfig, shareOfKeys } from '../../features/backup/settings.ts';
import { placeDrills } from '../../features/drill/drill-hsms.ts';
import type { AddedHsm } from '../../features/fleet/decisions.ts';
import { addedTo } from '../../features/fleet/model/states.ts';
import type { Config } from './config.ts';

/** What the settings name comes first and stays as it is. Seals name an added HSM by its address, as they would if the settings named it. */
export function withAdded(config: Config, added: readonly AddedHsm[]): Config {
  // Keys are purged in a drill HSM: it is never one that is protected, too.
  const more = addedTo([...config.hsms, ...config.drill.hsms], added);
  if (more.length === 0) return config;
  const hsms = [
    ...config.hsms,
    ...more.map(({ name, url, decision: added }) => ({ name, url, resource: url, pace: config.pace, added })),
  ];
  const drill = {
    ...config.drill,
    hsms: placeDrills(
      config.drill.entries,
      hsms.map(({ name }) => name),
      true,
    ).hsms,
  };
  return { ...config, hsms, drill, concurrency: concurrencyFor(config, hsms.length) };
}

/** Where the settings say nothing, more HSMs share the memory of one process. */
function concurrencyFor({ concurrency, hsms }: Pick<Config, 'hsms'> & BackupConfig, count: number): number {
  return concurrency === shareOfKeys(hsms.length) ? shareOfKeys(count) : concurrency;
}

/** The HSMs that the settings name. */
export function namedIn({ hsms }: Pick<Config, 'hsms'>) {
  return hsms.filter(({ added }) => added === undefined);
}
