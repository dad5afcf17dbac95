/** The scripts of the campaign: the instances of the apps, and the command line. */
import { resolve } from 'node:path';
import { bundleChanged } from '../changes/changed-bundle.ts';
import { SHORTER_TIMES } from '../changes/shorter-times.ts';
import type { PlantedBug } from '../planted/bugs.ts';

const FOLDER = 'dist/chaos';

/** The scripts that were made, as absolute paths. */
export interface Bundles {
  readonly instance: string;
  readonly backup: string;
  readonly recovery: string;
  readonly command: string;
}

/** Makes the bundles, with shorter times, and a bug where one is to be planted. Fails when a change does not fit the source any more. */
export async function bundle(bug: PlantedBug | undefined): Promise<Bundles> {
  const folder = resolve(FOLDER, bug?.name ?? 'product');
  const entryPoints = {
    instance: 'tools/chaos/fleet/instance.ts',
    backup: 'functions/main.ts',
    recovery: 'functions/recovery-main.ts',
    command: 'src/cli/main.ts',
  };
  await bundleChanged(folder, entryPoints, [...SHORTER_TIMES, ...(bug === undefined ? [] : [bug])]);
  const script = (name: string) => `${folder}/${name}.js`;
  return {
    instance: script('instance'),
    backup: script('backup'),
    recovery: script('recovery'),
    command: script('command'),
  };
}
