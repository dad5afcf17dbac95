/**
 * Prints what apps of the product register, as JSON: loads each entry point with the settings that it is to have, through
 * the real Functions library. Reads what to load from its first argument. A process of its own, because the environment
 * belongs to the process.
 */
import { z } from 'zod';
import { loadApp } from '../../src/local/host/load-app.ts';

const Requests = z.array(z.object({ entry: z.string(), settings: z.record(z.string(), z.string()) }));

const answers = [];
for (const { entry, settings } of Requests.parse(JSON.parse(process.argv[2] ?? '[]'))) {
  for (const name of Object.keys(process.env)) if (name.startsWith('WARDEN_')) delete process.env[name];
  Object.assign(process.env, settings);
  const { functions } = await loadApp(entry, () => undefined);
  answers.push(functions.map(({ metadata, trigger }) => ({ name: metadata.name, trigger: trigger.binding })));
}
process.stdout.write(`${JSON.stringify(answers)}\n`);
// What the apps keep open is of no interest here.
process.exit(0);
