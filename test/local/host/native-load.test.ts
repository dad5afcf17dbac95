import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Loads an app of two modules twice in a process of its own, without a test runner's module loader in between. */
const PROBE = `
  import { startHost } from '${join(here, '../../../src/local/host/host.ts')}';
  const options = { entry: process.argv[2], hostJson: { version: '2.0' }, httpPort: 0, queues: false, timers: false };
  const first = await startHost(options);
  const second = await startHost(options);
  const answers = await Promise.all([first, second].map(async (host) => (await fetch(host.url + '/api/part')).text()));
  console.log(JSON.stringify([first.functions, second.functions, answers]));
  await Promise.all([first.stop(), second.stop()]);
`;

it('an app whose other modules register functions can be loaded twice in one process, which then ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'native-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await symlink(join(here, '../../../node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const file = async (name: string, content: string) => {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  };
  await file(
    'part.ts',
    "import { app } from '@azure/functions'; let calls = 0; app.http('part', { handler: () => ({ body: String(++calls) }) });",
  );
  const entry = await file('main.ts', "import './part.ts';");
  const probe = await file('probe.ts', PROBE);

  const { stdout } = await promisify(execFile)(process.execPath, [probe, entry]);

  // Each load has module state of its own: both count their first call.
  expect(JSON.parse(stdout)).toEqual([['part'], ['part'], ['1', '1']]);
});
