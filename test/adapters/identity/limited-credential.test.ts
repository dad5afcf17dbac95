/** A token endpoint that is silent, or asks for hours, holds nobody: the wait has a limit, and ends at once on a signal. */
import { describe, expect, it } from 'vitest';
import { LimitedCredential } from '../../../src/adapters/identity/limited-credential.ts';
import { KeyVaultKeyService } from '../../../src/adapters/keyvault/key-vault-key-service.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { failureOf } from '../../support/errors.ts';
import { startTlsServer } from '../../support/tls-server.ts';

/** As the libraries of identities are: it heeds no signal. */
const silent = { getToken: () => new Promise<never>(() => undefined) };
const CHALLENGE =
  'Bearer authorization="https://login.microsoftonline.com/t", resource="https://managedhsm.azure.net"';

describe('a credential whose endpoint is silent', () => {
  it('fails within its limit, with words about the token', async () => {
    const token = new LimitedCredential(silent, 20).getToken('scope');

    await expect(token).rejects.toMatchObject({ name: 'TokenTimeoutError', message: /no token came/ });
  });

  it('gives up at once when its caller does', async () => {
    const caller = new AbortController();
    const reason = new Error('enough');

    const token = new LimitedCredential(silent, 60_000).getToken('scope', { abortSignal: caller.signal });
    caller.abort(reason);

    await expect(token).rejects.toBe(reason);
  });

  it('asks nobody for a caller who gave up before', async () => {
    let asked = false;
    const credential = {
      getToken: async () => {
        asked = true;
        return null;
      },
    };

    const options = { abortSignal: AbortSignal.abort() };
    await expect(new LimitedCredential(credential).getToken('scope', options)).rejects.toThrow();
    expect(asked).toBe(false);
  });

  it.each([
    ['in time', 20, undefined, 'hsm-token-unavailable'],
    ['on a lost lease', 60_000, new WardenError('lease-lost', { message: 'lost' }), 'lease-lost'],
  ])('ends a call to an HSM %s', async (_when, limitMs, reason, code) => {
    const server = await startTlsServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': CHALLENGE }).end();
    });
    try {
      const caller = new AbortController();
      const keys = new KeyVaultKeyService({
        hsm: 'contoso',
        url: server.url,
        caPem: server.caPem,
        clock: systemClock,
        credential: new LimitedCredential(silent, limitMs),
        disableChallengeResourceVerification: true,
      });

      const failure = failureOf(keys.listKeys(undefined, caller.signal));
      if (reason !== undefined) caller.abort(reason);

      expect(await failure).toMatchObject({ code, transient: true });
    } finally {
      await server.close();
    }
  });
});
