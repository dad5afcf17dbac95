/** What the measurements stand on: emulators and Azurite in processes of their own, so that only the app is measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { BlobServiceClient } from '@azure/storage-blob';
import { build } from 'esbuild';
import { z } from 'zod';
import { connectionStringOf, startAzurite } from '../src/local/azurite.ts';
import type { BenchHsm } from './hsm-client.ts';
import { type SealingApp, sealingKeys } from './sealing-keys.ts';

const FirstLine = z.object({ url: z.string(), caFile: z.string(), token: z.string() });

/** A running stage. */
export interface Stage {
  readonly hsms: readonly BenchHsm[];
  readonly connectionString: string;
  /** Settings of the app for this stage. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts `count` emulators with `keys` keys each, and Azurite. `flags` go to every emulator. With `sealing` there is a vault, too,
 * and the settings are those of the app that seals with its key.
 */
export async function startStage(
  count: number,
  keys: number,
  flags: readonly string[],
  sealing?: SealingApp,
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'warden-bench-'));
  const azurite = await startAzurite({ folder: join(folder, 'azurite'), blobPort: 0, queuePort: 0 });
  const names = Array.from({ length: count }, (_, index) => `bench-${index + 1}`);
  const emulators = await Promise.all(names.map((name) => startHsm(name, folder, keys, flags)));
  const hsms = emulators.map(({ hsm }) => hsm);
  const vault = sealing === undefined ? undefined : await startHsm('bench-seals', folder, 0, flags);
  const seals = sealing === undefined || vault === undefined ? {} : await sealingKeys(vault.hsm, sealing);
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, hsms[0]?.token ?? '');
  const connectionString = connectionStringOf(azurite);
  const service = BlobServiceClient.fromConnectionString(connectionString);
  for (const name of ['key-backups', 'warden-state']) await service.getContainerClient(name).create();
  return {
    hsms,
    connectionString,
    settings: {
      WARDEN_HSMS: hsms.map(({ name, url }) => `${name}=${url}`).join(','),
      WARDEN_CREDENTIAL: 'token-file',
      WARDEN_TOKEN_FILE: tokenFile,
      WARDEN_CA_FILE: hsms[0]?.caFile ?? '',
      WARDEN_STORAGE_CONNECTION: connectionString,
      WARDEN_PACE: '10',
      ...seals,
    },
    async close() {
      const children = [...emulators, ...(vault === undefined ? [] : [vault])];
      await Promise.all([azurite.close(), ...children.map(({ child }) => end(child))]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startHsm(name: string, folder: string, keys: number, flags: readonly string[]) {
  const own = [
    '--port',
    '0',
    '--json',
    '--name',
    name,
    '--ca-dir',
    join(folder, 'ca'),
    '--seed-keys',
    String(keys),
  ];
  const child = spawn(process.execPath, ['src/emulator/main.ts', ...own, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, hsm: { name, ...FirstLine.parse(JSON.parse(line)) } };
  throw new Error(`the emulator ${name} ended before it was ready`);
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** What a worker process says of itself when it has ended its sweeps. */
const WorkerReport = z.object({
  seconds: z.number(),
  cpuMs: z.number(),
  peakMb: z.number(),
  keys: z.number(),
  backedUp: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  throttles: z.number(),
  hsmRequests: z.number(),
  storageRequests: z.number(),
  sealRequests: z.number(),
  refused429: z.number(),
});
export type WorkerReport = z.infer<typeof WorkerReport>;

/** How the deployment starts the app: what its checked snapshot says of Node's heap and of glibc's, unless the caller says it. */
export async function environmentAsDeployed(): Promise<Record<string, string>> {
  const snapshot = await readFile('infra/tests/defaults.snapshot.json', 'utf8');
  const settings = snapshot.matchAll(/"(languageWorkers__node__arguments|MALLOC_[A-Z_]+)": "([^"]+)"/g);
  const { languageWorkers__node__arguments: flags, ...malloc } = Object.fromEntries(
    [...settings].map(([, name = '', value = '']) => [name, value]),
  );
  if (flags === undefined) throw new Error('the snapshot does not say how Node is started');
  return { ...malloc, NODE_OPTIONS: flags };
}

/**
 * Runs `bench/{name}.ts` in a process of its own, and returns the JSON of its last line. It is one bundle, as the app is when
 * it is deployed: loading single TypeScript files would be measured, too.
 */
export async function runWorker(
  stage: Stage,
  name: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<unknown> {
  const outfile = `.warden/bench/${name}.js`;
  await build({
    entryPoints: [`bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, [...nodeFlags, outfile, ...args], {
    env: { ...(await environmentAsDeployed()), ...process.env, ...stage.settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the worker ended with ${code}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}

/** Sweeps all HSMs of a stage once in a fresh process. `pace` above what the settings allow shows the app without its brake. */
export async function sweepInProcess(
  stage: Stage,
  options: { runId: string; pace?: number },
): Promise<WorkerReport> {
  const args = [options.runId, String(options.pace ?? 0)];
  return WorkerReport.parse(await runWorker(stage, 'worker', args));
}

/** The CA of a stage, PEM. */
export function caOf(stage: Stage): Promise<string> {
  return readFile(stage.hsms[0]?.caFile ?? '', 'utf8');
}
