/** The sealing keys of a stage: in an emulator of their own, which answers as slowly as the HSMs do. */
import { coordinate } from '../src/adapters/keyvault/sealing-key.ts';
import { type BenchHsm, clientOf } from './hsm-client.ts';

const APPS = ['backup', 'recovery'] as const;
/** An app that seals. */
export type SealingApp = (typeof APPS)[number];

/** Makes a key for each app in `vault`, and returns the settings of `app`, which pin both. */
export async function sealingKeys(vault: BenchHsm, app: SealingApp): Promise<Record<string, string>> {
  const client = await clientOf(vault);
  const made = await Promise.all(
    APPS.map(async (of) => {
      const { id, key } = await client.createEcKey(`seal-${of}`, {
        hsm: true,
        curve: 'P-256',
        keyOps: ['sign', 'verify'],
      });
      if (id === undefined || key?.x === undefined || key.y === undefined)
        throw new Error('expected an EC key');
      return { app: of, url: id, x: coordinate(key.x), y: coordinate(key.y) };
    }),
  );
  return {
    WARDEN_SEAL_KEY_URL: made.find((one) => one.app === app)?.url ?? '',
    WARDEN_SEAL_PUBLIC_KEYS: JSON.stringify({
      deployment: 'bench',
      keys: made.map(({ app: of, x, y }) => ({ app: of, x, y })),
    }),
  };
}
