/** Bundles what the campaign kills again and again: a bundle starts in a fraction of the time of the source. */
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { SHORTER_TIMES } from '../changes/shorter-times.ts';
import { changing } from '../changes/text-change.ts';
import type { PlantedBug } from '../planted/bugs.ts';

/** CommonJS parts of the bundle call `require`, which an ES module does not have. */
const BANNER =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);";
/** Within the checkout, so that the library of the functions is found: the host serves the installed one only. */
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
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: {
      instance: 'tools/chaos/fleet/instance.ts',
      backup: 'functions/main.ts',
      recovery: 'functions/recovery-main.ts',
      command: 'src/cli/main.ts',
    },
    outdir: folder,
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: ['@azure/functions-core', '@azure/functions'],
    banner: { js: BANNER },
    logLevel: 'warning',
    plugins: [changing([...SHORTER_TIMES, ...(bug === undefined ? [] : [bug])])],
  });
  const script = (name: string) => `${folder}/${name}.js`;
  return {
    instance: script('instance'),
    backup: script('backup'),
    recovery: script('recovery'),
    command: script('command'),
  };
}
