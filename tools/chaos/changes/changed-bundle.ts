/** Bundles what campaigns kill again and again: a bundle starts in a fraction of the time of the source. */
import { mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { changing, type TextChange } from './text-change.ts';

/** CommonJS parts of the bundle call `require`, which an ES module does not have. */
const BANNER =
  "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);";

/**
 * Makes `folder` again of `entryPoints`, by the name of each script, with `changes` in the text. The folder is to be within the checkout, so
 * that the library of the functions is found: the host serves the installed one only. Fails when a change does not fit the source any more.
 */
export async function bundleChanged(
  folder: string,
  entryPoints: Readonly<Record<string, string>>,
  changes: readonly TextChange[],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { ...entryPoints },
    outdir: folder,
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: ['@azure/functions-core', '@azure/functions'],
    banner: { js: BANNER },
    logLevel: 'warning',
    plugins: [changing(changes)],
  });
}
