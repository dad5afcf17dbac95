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

/** Serves Put Blob, Get Blob, Delete Blob and List Blobs with version ids over loopback: https://learn.microsoft.com/rest/api/storageservices/get-blob */
export async function startVersionedBlobs() {
  const blobs = new Map<string, Version[]>();
  const removed = new Set<string>();
  let made = 0;

  async function put(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const versions = blobs.get(name) ?? [];
    if (request.headers['if-none-match'] === '*' && versions.length > 0 && !removed.has(name)) {
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
    removed.delete(name);
    blobs.set(name, [...versions, { id, bytes, headers: { ...headers, ...Object.fromEntries(metadata) } }]);
    response.writeHead(201, { ...headers, 'x-ms-version-id': id }).end();
  }

  function get(name: string, id: string | null, response: ServerResponse): void {
    const versions = blobs.get(name) ?? [];
    const found =
      id === null
        ? removed.has(name)
          ? undefined
          : versions.at(-1)
        : versions.find((version) => version.id === id);
    if (found === undefined) {
      refuse(response, 404, 'BlobNotFound');
      return;
    }
    const { bytes, headers } = found;
    const facts = { 'x-ms-version-id': found.id, 'content-length': bytes.length };
    response.writeHead(200, { ...headers, ...facts }).end(bytes);
  }

  /** https://learn.microsoft.com/rest/api/storageservices/list-blobs */
  function list(container: string, search: URLSearchParams, response: ServerResponse): void {
    const withVersions = search.get('include')?.split(',').includes('versions') === true;
    const entries = [...blobs]
      .filter(([name]) => name.startsWith(`${container}${search.get('prefix') ?? ''}`))
      .flatMap(([name, versions]) => {
        const shown = removed.has(name) ? [] : versions.slice(-1);
        return (withVersions ? versions : shown).map(
          ({ id }) =>
            `<Blob><Name>${name.slice(container.length)}</Name><VersionId>${id}</VersionId><Properties><BlobType>BlockBlob</BlobType></Properties></Blob>`,
        );
      });
    response.writeHead(200, { 'x-ms-version': '2025-01-05', 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${entries.join('')}</Blobs><NextMarker/></EnumerationResults>`,
    );
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://blobs');
    const name = decodeURIComponent(pathname);
    if (request.method === 'PUT') void put(name, request, response);
    else if (request.method === 'DELETE') {
      // Without a version named, the current one becomes one of before: https://learn.microsoft.com/azure/storage/blobs/versioning-overview
      removed.add(name);
      response.writeHead(202, { 'x-ms-version': '2025-01-05' }).end();
    } else if (searchParams.get('comp') === 'list') list(`${pathname}/`, searchParams, response);
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
