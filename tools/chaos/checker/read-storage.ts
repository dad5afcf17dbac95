/** Reads the storage account by its REST protocol: https://learn.microsoft.com/rest/api/storageservices/ */
import { call, good } from './http.ts';

/** Where the account is, and with which token. */
export interface Account {
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly storageToken: string;
  readonly caPem: string;
}

/** A blob in a list. */
export interface ListedBlob {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly leased: boolean;
}

/** A message in a queue. */
export interface PeekedMessage {
  readonly id: string;
  readonly text: string;
}

/** All blobs of a container, by name. */
export async function listBlobs(account: Account, container: string): Promise<readonly ListedBlob[]> {
  const blobs: ListedBlob[] = [];
  let marker = '';
  do {
    const query = `restype=container&comp=list&include=metadata&marker=${encodeURIComponent(marker)}`;
    const xml = (await good('GET', `${account.blobUrl}/${container}?${query}`, ways(account))).body.toString(
      'utf8',
    );
    for (const blob of elements(xml, 'Blob')) {
      const metadata = Object.fromEntries(
        [...(elements(blob, 'Metadata')[0] ?? '').matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map((match) => [
          match[1] ?? '',
          plain(match[2] ?? ''),
        ]),
      );
      const leased = elements(blob, 'LeaseState')[0] === 'leased';
      blobs.push({ name: plain(elements(blob, 'Name')[0] ?? ''), metadata, leased });
    }
    marker = plain(elements(xml, 'NextMarker')[0] ?? '');
  } while (marker !== '');
  return blobs;
}

/** The content of a blob; undefined when it is not there. */
export async function readBlob(
  account: Account,
  container: string,
  name: string,
): Promise<Buffer | undefined> {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const answer = await call('GET', `${account.blobUrl}/${container}/${path}`, ways(account));
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`the blob ${name} answered ${answer.status}`);
  return answer.body;
}

/** How many messages each queue holds, hidden ones included. */
export async function countMessages(account: Account): Promise<Readonly<Record<string, number>>> {
  const xml = (await good('GET', `${account.queueUrl}?comp=list`, ways(account))).body.toString('utf8');
  const counts: Record<string, number> = {};
  for (const queue of elements(xml, 'Queue')) {
    const name = plain(elements(queue, 'Name')[0] ?? '');
    const answer = await good('GET', `${account.queueUrl}/${name}?comp=metadata`, ways(account));
    counts[name] = Number(answer.headers['x-ms-approximate-messages-count']);
  }
  return counts;
}

/** The first messages of a queue. */
export async function peekMessages(account: Account, queue: string): Promise<readonly PeekedMessage[]> {
  const url = `${account.queueUrl}/${queue}/messages?peekonly=true&numofmessages=32`;
  const xml = (await good('GET', url, ways(account))).body.toString('utf8');
  return elements(xml, 'QueueMessage').map((message) => ({
    id: elements(message, 'MessageId')[0] ?? '',
    text: Buffer.from(elements(message, 'MessageText')[0] ?? '', 'base64').toString('utf8'),
  }));
}

function ways({ storageToken, caPem }: Account) {
  return { token: storageToken, caPem };
}

function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
