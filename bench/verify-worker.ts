/** The verification alone in a process: reads every backup of one HSM, and says on its last line what that took. */
import { subscribe } from 'node:diagnostics_channel';
import { verifyHsm } from '../src/features/verify/manifest.ts';
import { backupPortsOn } from '../src/platform/backup-app.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { openPlatform } from '../src/platform/platform.ts';

const [hsm = '', runId = 'bench'] = process.argv.slice(2);
const config = readConfig(process.env);
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
const ports = await backupPortsOn(openPlatform({ config }), new AbortController().signal)(quiet);
const message = { kind: 'verify', hsm, runId } as const;
let parts = 1;
let result = await verifyHsm(ports, message);
for (; result.status === 'continued'; parts += 1) result = await verifyHsm(ports, message);
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
