/**
 * Prints what one app of the product registers, as JSON: loads its entry point with the settings of the environment and
 * through the real Functions library. A process of its own, because the environment belongs to the process.
 */
import { loadApp } from '../../src/local/host/load-app.ts';

const { functions } = await loadApp(process.argv[2] ?? '', () => undefined);
const registered = functions.map(({ metadata, trigger }) => ({
  name: metadata.name,
  trigger: trigger.binding,
}));
process.stdout.write(`${JSON.stringify(registered)}\n`);
// What the app keeps open is of no interest here.
process.exit(0);
