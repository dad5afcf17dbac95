/** The managed identity endpoint of a local app: the protocol of App Service, so that the app's own credential code runs unchanged. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** Makes a token for a resource, e.g. `https://managedhsm.azure.net`, for the identity of a client id if one is named. */
export type TokenMaker = (
  resource: string,
  clientId: string | undefined,
) => Promise<{ readonly token: string; readonly expiresAt: number }>;

/** A running endpoint. */
export interface IdentityEndpoint {
  /** The two variables by which App Service gives an app its identity. */
  readonly environment: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  close(): Promise<void>;
}

const Address = z.object({ port: z.int() });

/**
 * Serves tokens on loopback to whoever knows the secret header.
 * Protocol: https://learn.microsoft.com/azure/app-service/overview-managed-identity (REST endpoint reference).
 */
export async function startIdentityEndpoint(makeToken: TokenMaker): Promise<IdentityEndpoint> {
  const secret = randomUUID();
  const server = createServer((request, response) => {
    void answer(request, response, secret, makeToken);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = Address.parse(server.address());
  return {
    environment: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: secret },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  makeToken: TokenMaker,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const resource = url.searchParams.get('resource');
  const refusal = refuse(request, url, secret, resource);
  response.setHeader('content-type', 'application/json');
  if (refusal !== undefined || resource === null) {
    response
      .writeHead(refusal === 'wrong secret' ? 401 : 400)
      .end(JSON.stringify({ statusCode: 400, message: refusal }));
    return;
  }
  try {
    const { token, expiresAt } = await makeToken(resource, url.searchParams.get('client_id') ?? undefined);
    const expires = String(Math.floor(expiresAt / 1000));
    response.end(
      JSON.stringify({ access_token: token, expires_on: expires, resource, token_type: 'Bearer' }),
    );
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ statusCode: 500, message: String(error) }));
  }
}

function refuse(
  request: IncomingMessage,
  url: URL,
  secret: string,
  resource: string | null,
): string | undefined {
  if (url.pathname !== '/msi/token') return 'unknown path';
  if (request.headers['x-identity-header'] !== secret) return 'wrong secret';
  return resource === null || resource === '' ? 'expected a resource' : undefined;
}
