import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localToken } from '../../src/cli/recovery/local-token.ts';

/** Takes connections and never says a word. */
let silent: Server;
let url: string;
beforeEach(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(async () => {
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

describe('a token of a local person', () => {
  it('is not waited for without end, and the failure says what was asked', async () => {
    await expect(localToken(url, 'alice', new AbortController().signal, 50)).rejects.toMatchObject({
      code: 'identity-unreachable',
      message: `The issuer of the local people's tokens at ${url} does not answer.`,
    });
  });

  it('is given up as soon as the command is interrupted', async () => {
    const interrupt = new AbortController();
    silent.once('request', () => interrupt.abort());

    await expect(localToken(url, 'alice', interrupt.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('needs a person', async () => {
    await expect(localToken(url, undefined, new AbortController().signal)).rejects.toThrow(
      'Who calls is not known.',
    );
  });
});
