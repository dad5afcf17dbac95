/** Runs Azurite, the storage emulator, over TLS and with bearer tokens: the same protocol and the same code path as in Azure. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unlessAborted } from './unless-aborted.ts';

/** How to run Azurite. */
export interface AzuriteOptions {
  /** Where it keeps blobs, queues and its certificate. */
  readonly folder: string;
  /** 0 takes free ports. */
  readonly blobPort: number;
  readonly queuePort: number;
  /**
   * Keeps blobs and queues in its memory, and loses them at its end. On disk it opens a file for each block that it is to read, and
   * never closes those of an answer that broke: after an hour of broken answers it has no file left to open.
   */
  readonly inMemory?: boolean | undefined;
  /** PEM of the server's certificate and key. Without them it speaks http and takes its well-known account key only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Aborted: the start fails with its reason, and the process is ended. */
  readonly signal?: AbortSignal | undefined;
}

/** A running Azurite. */
export interface Azurite {
  /** Blob endpoint with the account, like `https://127.0.0.1:10000/devstoreaccount1`. */
  readonly blobUrl: string;
  readonly queueUrl: string;
  /** Ends it; what it stored stays. */
  close(): Promise<void>;
}

/** The account that every Azurite has, and its published key. https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href;
const LISTENING = /Azurite (Blob|Queue) service is successfully listening at (\S+)/;
/** Azurite writes its state on SIGINT within moments; a process that hangs is ended hard. */
const PATIENCE_MS = 5_000;

/** Starts Azurite and waits until it listens. Fails with what it said when it does not start (a port taken, for one). */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  await mkdir(options.folder, { recursive: true });
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const place = options.inMemory === true ? ['--inMemoryPersistence'] : ['--location', options.folder];
  const flags = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', ...place];
  const ports = [
    '--blobPort',
    String(options.blobPort),
    '--queuePort',
    String(options.queuePort),
    '--tablePort',
    '0',
  ];
  // A Node that runs TypeScript only with a flag gets the flag here, too.
  const args = [
    ...process.execArgv.filter((flag) => flag.includes('strip-types')),
    '--import',
    WITH_PARENT,
    script,
    ...flags,
    ...ports,
    ...(await tlsFlags(options)),
  ];
  options.signal?.throwIfAborted();
  const child = spawn(process.execPath, args, {
    // Its standard input ends when we do, however we end.
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches us first, and we end it when nothing needs it any more.
    detached: true,
  });
  const end = endWithUs(child);
  try {
    const [blob, queue] = await unlessAborted(listening(child), options.signal);
    return { blobUrl: `${blob}/${ACCOUNT}`, queueUrl: `${queue}/${ACCOUNT}`, close: () => close(child, end) };
  } catch (error) {
    // It has taken nothing yet that it would have to write.
    child.kill('SIGKILL');
    await close(child, end);
    throw error;
  }
}

/** The connection string of an Azurite that speaks http. */
export function connectionStringOf(urls: Partial<Pick<Azurite, 'blobUrl' | 'queueUrl'>>): string {
  const blob = urls.blobUrl === undefined ? '' : `BlobEndpoint=${urls.blobUrl};`;
  const queue = urls.queueUrl === undefined ? '' : `QueueEndpoint=${urls.queueUrl};`;
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};${blob}${queue}`;
}

async function tlsFlags({ folder, tls }: AzuriteOptions): Promise<string[]> {
  if (tls === undefined) return [];
  const [certFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await writeFile(certFile, tls.certificate);
  await writeFile(keyFile, tls.key, { mode: 0o600 });
  return ['--cert', certFile, '--key', keyFile, '--oauth', 'basic'];
}

/** Resolves to the blob and queue addresses. */
async function listening(child: ChildProcess): Promise<[string, string]> {
  const said: string[] = [];
  const found = new Map<string, string>();
  return new Promise((resolve, reject) => {
    const hear = (line: string) => {
      said.push(line);
      const [, service, address] = LISTENING.exec(line) ?? [];
      if (service !== undefined && address !== undefined) found.set(service, address);
      const [blob, queue] = [found.get('Blob'), found.get('Queue')];
      if (blob !== undefined && queue !== undefined) resolve([blob, queue]);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', hear);
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Azurite ended with ${code} before it was ready: ${said.slice(-5).join(' | ')}`));
    });
  });
}

/** A process that is killed cannot clean up, but one that merely exits can. */
function endWithUs(child: ChildProcess): () => void {
  const end = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  return end;
}

async function close(child: ChildProcess, end: () => void): Promise<void> {
  process.off('exit', end);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const hard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(hard);
}
