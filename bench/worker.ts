/** The app alone in a process: sweeps every HSM of its settings once, and says on its last line what that took. */
import { subscribe } from 'node:diagnostics_channel';
import { sweepPolicy } from '../src/features/backup/manifest.ts';
import { sweep } from '../src/features/backup/sweep.ts';
import { backupPortsOn } from '../src/platform/backup-app.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { openPlatform } from '../src/platform/platform.ts';

const [runId = '', paceText = '0'] = process.argv.slice(2);
const settings = readConfig(process.env);
const pace = Number(paceText);
const config = pace === 0 ? settings : { ...settings, hsms: settings.hsms.map((hsm) => ({ ...hsm, pace })) };

const hosts = new Set(config.hsms.map(({ url }) => new URL(url).host));
const vault = process.env.WARDEN_SEAL_KEY_URL;
const sealing = vault === undefined ? undefined : new URL(vault).host;
const counted = { hsmRequests: 0, storageRequests: 0, sealRequests: 0, refused429: 0 };
subscribe('http.client.response.finish', (message) => {
  if (typeof message !== 'object' || message === null || !('request' in message) || !('response' in message))
    return;
  const { request, response } = message;
  const host =
    typeof request === 'object' &&
    request !== null &&
    'getHeader' in request &&
    typeof request.getHeader === 'function'
      ? String(request.getHeader('host'))
      : '';
  if (host === sealing) {
    counted.sealRequests += 1;
    return;
  }
  if (!hosts.has(host)) {
    counted.storageRequests += 1;
    return;
  }
  counted.hsmRequests += 1;
  if (
    typeof response === 'object' &&
    response !== null &&
    'statusCode' in response &&
    response.statusCode === 429
  )
    counted.refused429 += 1;
});

const { signal } = new AbortController();
const portsFor = backupPortsOn(openPlatform({ config }), signal);
const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: (line: string) => process.stderr.write(`${line}\n`),
};
const [wall, cpu] = [performance.now(), process.cpuUsage()];
const results = await Promise.all(
  config.hsms.map(async ({ name }) => {
    const ports = await portsFor(quiet);
    const hsm = ports.hsms.get(name);
    return sweep({ ...ports, ...hsm }, sweepPolicy(config, hsm), { kind: 'sweep', hsm: name, runId }, signal);
  }),
);
const spent = process.cpuUsage(cpu);
const totals = { keys: 0, backedUp: 0, unchanged: 0, failed: 0, throttles: 0 };
for (const result of results) {
  if (result.status !== 'ended') throw new Error(`expected every sweep to end, one ${result.status}`);
  totals.keys += result.run.counts?.keys ?? 0;
  totals.backedUp += result.run.counts?.backedUp ?? 0;
  totals.unchanged += result.run.counts?.unchanged ?? 0;
  totals.failed += (result.run.counts?.failed ?? 0) + (result.run.counts?.refused ?? 0);
  totals.throttles += result.run.throttles;
}
const report = {
  seconds: (performance.now() - wall) / 1000,
  cpuMs: (spent.user + spent.system) / 1000,
  peakMb: process.resourceUsage().maxRSS / 1024,
  ...totals,
  ...counted,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
