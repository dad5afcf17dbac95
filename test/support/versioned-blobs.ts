/** A container of an account that keeps versions, as far as single blobs go: Azurite keeps none. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';

interface Version {
  readonly id: string;
  readonly bytes: Buffer;
  readonly headers: Record<string, string>;
}

const Address = z.object({ port: z.int() });
/** Versions are named by their time, a hundred nanoseconds apart at least. */
const FIRST = Date.UTC(2026, 0, 1);

/** Serves Put Blob and Get Blob with version ids over loopback: https://learn.microsoft.com/rest/api/storageservices/get-blob */
export async function startVersionedBlobs() {
  const blobs = new Map<string, Version[]>();
  let made = 0;

  async function put(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const versions = blobs.get(name) ?? [];
    if (request.headers['if-none-match'] === '*' && versions.length > 0) {
      return refuse(response, 409, 'BlobAlreadyExists');
    }
    made += 1;
    const id = new Date(FIRST + made).toISOString().replace('Z', '0000Z');
    const at = new Date(FIRST + made * 1000).toUTCString();
    const metadata = Object.entries(request.headers).flatMap(([header, value]) =>
      header.startsWith('x-ms-meta-') ? [[header, String(value)]] : [],
    );
    const headers = {
      'x-ms-version': '2025-01-05',
      'last-modified': at,
      'x-ms-creation-time': at,
      etag: `"${made}"`,
    };
    blobs.set(name, [...versions, { id, bytes, headers: { ...headers, ...Object.fromEntries(metadata) } }]);
    response.writeHead(201, { ...headers, 'x-ms-version-id': id }).end();
  }

  function get(name: string, id: string | null, response: ServerResponse): void {
    const versions = blobs.get(name) ?? [];
    const found = id === null ? versions.at(-1) : versions.find((version) => version.id === id);
    if (found === undefined) {
      refuse(response, 404, 'BlobNotFound');
      return;
    }
    const { bytes, headers } = found;
    const facts = { 'x-ms-version-id': found.id, 'content-length': bytes.length };
    response.writeHead(200, { ...headers, ...facts }).end(bytes);
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://blobs');
    const name = decodeURIComponent(pathname);
    if (request.method === 'PUT') void put(name, request, response);
    else get(name, searchParams.get('versionid'), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = Address.parse(server.address());
  return {
    container: new ContainerClient(`http://127.0.0.1:${port}/account/key-backups`),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const headers = { 'x-ms-error-code': code, 'x-ms-request-id': randomUUID() };
  response.writeHead(status, { ...headers, 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`);
}
