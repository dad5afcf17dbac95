/** The backup app as a process of its own, which sends to the services of a campaign: bundled, so that it starts soon after each kill. */
import { open, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppProcess } from '../../test/support/app-process.ts';
import type { LocalWorld } from '../../test/support/local-world.ts';
import { MAIL_PASSWORD } from '../../test/support/notify-mail-service.ts';
import { SECRETS } from '../../test/support/notify-service.ts';
import { bundleChanged } from '../chaos/changes/changed-bundle.ts';
import type { TextChange } from '../chaos/changes/text-change.ts';
import type { Services } from './services.ts';

/** What costs a campaign time, at a fraction of its length, and what the moving of the clock would spoil. */
export const SHORTER_TIMES: readonly TextChange[] = [
  {
    file: 'src/adapters/notify/http-channels.ts',
    from: 'SLACK_INTERVAL_MS = 1_000',
    to: 'SLACK_INTERVAL_MS = 100',
  },
  {
    file: 'src/adapters/notify/http-channels.ts',
    from: 'TEAMS_INTERVAL_MS = 300',
    to: 'TEAMS_INTERVAL_MS = 100',
  },
  {
    // Sleeps take their real time, however far the clock is moved.
    file: 'src/features/notify/sending/send-due.ts',
    from: 'SHORT_PAUSE_MS = 3_000',
    to: 'SHORT_PAUSE_MS = 200',
  },
  {
    // The storage counts the term of a lease in real time, however far the clock is moved: else it would be lost again and again.
    file: 'src/platform/platform.ts',
    from: 'leases: new BlobLeases({ container, clock }),',
    to: 'leases: new BlobLeases({ container, clock: { now: () => Date.now(), sleep: (ms, signal) => clock.sleep(ms, signal) } }),',
  },
];

/** Makes the bundle, with a fault where one is to be planted; the folder, relative to the checkout. Fails when a change does not fit the source any more. */
export async function bundleWorker(planted: readonly TextChange[]): Promise<string> {
  // Two levels below the checkout, as the source of the process is.
  const folder = planted.length === 0 ? 'dist/notify-campaign' : 'dist/notify-campaign-planted';
  const entryPoints = { process: 'test/support/host-process.ts', app: 'functions/main.ts' };
  await bundleChanged(folder, entryPoints, [...SHORTER_TIMES, ...planted]);
  return folder;
}

interface WorkerOptions {
  readonly local: LocalWorld;
  readonly services: Services;
  /** Its folder; the log of the app is kept there, too. */
  readonly bundle: string;
}

/** Its key at the host, by which timers are run by hand. */
const MASTER_KEY = 'the-master-key-of-the-campaign';

/** A process and its successors. */
export class Worker {
  readonly logFile: string;
  /** How far its clock is ahead of real time, milliseconds. */
  aheadMs = 0;
  readonly #options: WorkerOptions;
  #process: AppProcess | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.logFile = join(options.bundle, 'app.log');
  }

  /** Starts one, unless one lives. */
  async start(): Promise<void> {
    if (this.#process?.isAlive === true) return;
    const { local, bundle } = this.#options;
    const settings = {
      ...(await this.#settings()),
      HOST_ENTRY: `${bundle}/app.js`,
      HOST_LOG: 'all',
      QUEUE_VISIBILITY_MS: '10000',
      HOST_MASTER_KEY: MASTER_KEY,
    };
    const log = await open(this.logFile, 'a');
    try {
      const options = { script: resolve(bundle, 'process.js'), errors: log.fd };
      this.#process = await AppProcess.start(local, settings, this.aheadMs, options);
    } finally {
      await log.close();
    }
  }

  /** Moves its clock. */
  advance(ms: number): void {
    this.aheadMs += ms;
    this.#process?.setClockAhead(this.aheadMs);
  }

  /** Kills it in this very instant. */
  strike(): void {
    this.#process?.strike();
  }

  /** Kills it, and resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Begins what the minute's timer does. */
  async tick(): Promise<void> {
    await fetch(`${this.#process?.url}/admin/functions/notifyReconcile`, {
      method: 'POST',
      headers: { 'x-functions-key': MASTER_KEY, 'content-type': 'application/json' },
      body: '{}',
    });
  }

  async #settings(): Promise<Readonly<Record<string, string>>> {
    const { local, services, bundle } = this.#options;
    const { http, mail } = services.servers;
    const caFile = join(bundle, 'trusted.pem');
    const trusted = [local.world.caPem, mail.caPem, ...http.map(({ caPem }) => caPem)];
    await writeFile(caFile, trusted.join('\n'));
    const originOf = (kind: string) => http.find((service) => service.kind === kind)?.url ?? '';
    const mailing = { from: 'warden@contoso.com', to: ['ops@contoso.com'] };
    const channels = [
      { type: 'slack', name: 'slack' },
      { type: 'teams', name: 'teams' },
      { type: 'pagerduty', name: 'pagerduty', origin: originOf('pagerduty') },
      { type: 'webhook', name: 'webhook', url: `${originOf('webhook')}/hooks/warden` },
      { type: 'azure-mail', name: 'azure-mail', endpoint: originOf('azure-mail'), ...mailing },
      { type: 'smtp', name: 'smtp', host: 'localhost', port: mail.port, user: 'warden', ...mailing },
    ];
    const secrets = {
      slack: `${originOf('slack')}${SECRETS.path}`,
      teams: `${originOf('teams')}${SECRETS.path}`,
      pagerduty: SECRETS.routingKey,
      webhook: SECRETS.webhook,
      smtp: MAIL_PASSWORD,
    };
    return {
      WARDEN_CA_FILE: caFile,
      WARDEN_NOTIFY_CHANNELS: JSON.stringify(channels),
      WARDEN_NOTIFY_SECRETS: JSON.stringify(secrets),
      WARDEN_NOTIFY_PRIVATE_HOSTS: '127.0.0.1,localhost',
    };
  }
}
