import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../src/local/host/host-log.ts';
import { loadApp } from '../../../src/local/host/load-app.ts';
import { fixtureApp, startTestHost } from './support/start.ts';

const app = (name: string) => new URL(`./apps/${name}.ts`, import.meta.url);

/** Bundles a source app the way a deployment does: one ESM file, only the worker's own module left out. */
async function bundle(source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const outfile = join(directory, 'main.js');
  await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@azure/functions-core'],
    banner: { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" },
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

const helloSource = (name: string) =>
  `import { app } from '@azure/functions'; app.http('${name}', { handler: () => ({ body: 'from ${name}' }) });`;

describe('an app', () => {
  it('in source registers its functions with the real library, listed by name', async () => {
    const { functions } = await loadApp(fixtureApp('work-app'), silentLogger);

    expect(functions.map(({ metadata, trigger }) => [metadata.name, trigger.binding.type])).toEqual([
      ['audit', 'eventHubTrigger'],
      ['nightly', 'timerTrigger'],
      ['worker', 'queueTrigger'],
    ]);
  });

  it('lists its functions in the order of .NET without case, in which the underscore comes after the letters', async () => {
    const names = ['a_b', 'Aab', 'aAc', 'a-b', 'a1'];
    const entry = await bundle(
      `import { app } from '@azure/functions'; ${names.map((name) => `app.http('${name}', { handler: () => ({}) });`).join('')}`,
    );

    const { functions } = await loadApp(entry, silentLogger);

    expect(functions.map(({ metadata }) => metadata.name)).toEqual(['a-b', 'a1', 'Aab', 'aAc', 'a_b']);
  });

  it('with a retry policy is warned that it has no effect here', async () => {
    const entry = await bundle(
      `import { app } from '@azure/functions';
       app.timer('again', { schedule: '0 0 0 * * *', retry: { strategy: 'fixedDelay', delayInterval: 1, maxRetryCount: 2 }, handler() {} });`,
    );

    const { lines } = await startTestHost({ entry, timers: false });

    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining('again has a retry policy'),
      }),
    );
  });

  it('as one bundled file runs as well', async () => {
    const { host } = await startTestHost({ entry: await bundle(helloSource('bundled')) });

    expect(host.functions).toEqual(['bundled']);
    expect(await (await fetch(`${host.url}/api/bundled`)).text()).toBe('from bundled');
  });

  it('loaded twice registers everything twice, and both serve', async () => {
    const entry = await bundle(helloSource('again'));
    const first = await startTestHost({ entry });
    const second = await startTestHost({ entry });

    const answers = await Promise.all([first, second].map(({ host }) => fetch(`${host.url}/api/again`)));

    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  });

  it('keeps its registrations to itself when several load at the same time, in source and bundled', async () => {
    const entries = [
      await bundle(helloSource('one')),
      fixtureApp('work-app'),
      await bundle(helloSource('two')),
      app('hooks-app'),
    ];

    const apps = await Promise.all(entries.map((entry) => loadApp(entry, silentLogger)));

    expect(apps.map(({ functions }) => functions.map(({ metadata }) => metadata.name))).toEqual([
      ['one'],
      ['audit', 'nightly', 'worker'],
      ['two'],
      ['slow'],
    ]);
    expect(apps.map(({ hooks }) => [...hooks.keys()].length)).toEqual([0, 1, 0, 2]);
  });

  it('may register only while it loads', async () => {
    const entry = await bundle(
      `import { app } from '@azure/functions';
       app.http('late', { handler: () => { app.timer('more', { schedule: '0 0 0 * * *', handler() {} }); return {}; } });`,
    );
    const { host, lines } = await startTestHost({ entry });

    expect((await fetch(`${host.url}/api/late`)).status).toBe(500);
    expect(lines.some((line) => line.message.includes('can only be registered while its app loads'))).toBe(
      true,
    );
  });

  it.each([
    ['that throws', 'faulty-app', 'app-load-failed', /a setting is missing/],
    ['that registers nothing', 'empty-app', 'app-load-failed', /registered no function/],
    ['that does not exist', 'absent-app', 'app-load-failed', /absent-app/],
    ['with two functions of one name', 'twins-app', 'registration-invalid', /Twin/],
    [
      'with an output of an unknown kind',
      'blob-output-app',
      'binding-unsupported',
      /writer has a blob binding/,
    ],
  ])('%s keeps the host from starting and says why', async (_, name, code, message) => {
    await expect(startTestHost({ entry: app(name) })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [`app.http('f', { authLevel: 'function', handler: () => ({}) })`, /f has the authLevel function/],
    [
      `app.hook.preInvocation(() => {}); app.timer('t', { schedule: '0 0 0 * * *', handler() {} })`,
      /a preInvocation hook/,
    ],
    [
      `app.storageQueue('q', { queueName: 'q', connection: 'S', return: output.storageQueue({ queueName: 'r', connection: 'S' }), handler: () => 'x' })`,
      /q has a queue binding/,
    ],
  ])('that says %s needs more than this host does', async (source, message) => {
    const entry = await bundle(`import { app, output } from '@azure/functions'; ${source};`);

    await expect(startTestHost({ entry, queues: false })).rejects.toMatchObject({
      code: 'binding-unsupported',
      message: expect.stringMatching(message),
    });
  });

  it('as a bundle with HTTP streams is refused, for nobody would answer its requests', async () => {
    const entry = await bundle(
      `import { app } from '@azure/functions'; app.setup({ enableHttpStream: true }); app.http('f', { handler: () => ({}) });`,
    );

    await expect(startTestHost({ entry })).rejects.toMatchObject({ code: 'binding-unsupported' });
  });

  it('that failed leaves nothing behind for the next one', async () => {
    await expect(loadApp(app('faulty-app'), silentLogger)).rejects.toThrow();

    const { functions } = await loadApp(fixtureApp('http-app'), silentLogger);

    expect(functions.map(({ metadata }) => metadata.name)).not.toContain('early');
  });
});
