/** A client of the keys of an emulator, as anyone would make it. */
import { readFile } from 'node:fs/promises';
import { KeyClient } from '@azure/keyvault-keys';

/** One emulated HSM. */
export interface BenchHsm {
  readonly name: string;
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}

/** A client that trusts the emulator. */
export async function clientOf({ url, caFile, token }: BenchHsm): Promise<KeyClient> {
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return new KeyClient(url, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: await readFile(caFile, 'utf8') },
  });
}
