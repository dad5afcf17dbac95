/** The verification alone in a process: reads every backup of one HSM, and says on its last line what that took. */
import { subscribe } from 'node:diagnostics_channel';
import { composeWarden } from '../src/platform/compose.ts';
import { readConfig } from '../src/platform/config/config.ts';

const [hsm = '', runId = 'bench'] = process.argv.slice(2);
const warden = composeWarden(readConfig(process.env));
const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: (line: string) => process.stderr.write(`${line}\n`),
};

/** Requests to storage that wait for an answer; test/engine/verify counts what is held. */
let [underWay, most] = [0, 0];
subscribe('http.client.request.start', () => {
  underWay += 1;
  most = Math.max(most, underWay);
});
subscribe('http.client.response.finish', () => {
  underWay -= 1;
});

const [wall, cpu] = [performance.now(), process.cpuUsage()];
const message = { kind: 'verify', hsm, runId };
let parts = 1;
let result = await warden.watch.verify(message, quiet);
for (; result.status === 'continued'; parts += 1) result = await warden.watch.verify(message, quiet);
const spent = process.cpuUsage(cpu);
const report = {
  seconds: (performance.now() - wall) / 1000,
  cpuMs: (spent.user + spent.system) / 1000,
  peakMb: process.resourceUsage().maxRSS / 1024,
  most,
  parts,
  checked: result.state.checked,
  found: result.state.found,
  bytes: result.state.bytes,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
