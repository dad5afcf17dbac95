import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliWorld } from '../support/cli-world.ts';
import { az, HSM, ON, POLICY, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

/** Lines that az refuses; the code where ours is another, and why. */
const REFUSED: readonly (readonly [line: string, az: number, ours?: number, why?: string])[] = [
  [`key show ${ON} nosuch`, 3],
  [`key show ${ON} rsa --version 00000000000000000000000000000000`, 3],
  [`key show --id ${HSM}/keys/nosuch`, 3],
  [`key rotation-policy show ${ON} nosuch`, 3],
  [`key show-deleted ${ON} nosuch`, 1],
  [`key show-deleted ${ON} rsa`, 1],
  [`key delete ${ON} nosuch`, 1],
  [`key recover ${ON} nosuch`, 1],
  [`key purge ${ON} nosuch`, 1],
  [`key backup ${ON} nosuch --file DIR/n.backup`, 1],
  [`key rotate ${ON} nosuch`, 1],
  [`key set-attributes ${ON} nosuch --enabled false`, 1],
  [`key download ${ON} nosuch -f DIR/nosuch.pem`, 1],
  [`key download ${ON} oct -f DIR/oct.pem`, 1],
  [`key encrypt ${ON} nosuch -a RSA-OAEP --value AAAA`, 1],
  [`key decrypt ${ON} rsa --algorithm RSA-OAEP-256 --value AAAA --data-type plaintext`, 1],
  [`key sign ${ON} nosuch -a RS256 --digest AAAA`, 1],
  [`key create ${ON} gone --kty EC-HSM`, 1],
  [`key create ${ON} bad --kty RSA-HSM --size 1024`, 1],
  [`key create ${ON} bad --exportable true`, 1],
  [`key set-attributes ${ON} fixed --policy DIR/policy.json`, 1],
  ['key random --hsm-name ContosoHSM --count 200', 1],
  [`key import ${ON} gone --pem-file DIR/plain.pem`, 1],
  [`key create ${ON} bad --kty DSA`, 2],
  [`key create ${ON} bad --kty EC-HSM --curve P-192`, 2],
  [`key create ${ON} bad --ops fly`, 2],
  [`key create ${ON} bad --kty EC-HSM --expires tomorrow`, 2],
  [`key show ${ON} rsa -o xml`, 2],
  [`key list --hsm-name ContosoHSM --query '['`, 2],
  [`key encrypt ${ON} rsa -a ROT13 --value AAAA`, 2],
  ['key shred', 2],
  [`key list --hsm-name ContosoHSM --nosuch`, 2],
  [`key list --hsm-name ContosoHSM --query 'length(\`1\`)'`, 1],
  [`key show ${ON} bad_name`, 1, 2, 'not tried: no key has such a name'],
  ['key show --name rsa', 1, 2, 'not tried: the HSM is not named'],
  ['key show --hsm-name ContosoHSM', 1, 2, 'not tried: the key is not named'],
  [`key show --hsm-name ContosoHSM --id ${HSM}/keys/rsa`, 1, 2, 'not tried: both ways together'],
  [
    `key import ${ON} bad --pem-file DIR/locked.pem --pem-password wrong`,
    1,
    2,
    'not tried: a wrong password',
  ],
  [`key import ${ON} bad --pem-file DIR/locked.pem`, 1, 2, 'not tried: no password'],
  [`key import ${ON} bad --pem-file DIR/nofile.pem`, 1, 2, 'not tried: no file'],
  [`key restore --hsm-name ContosoHSM --file DIR/nofile`, 1, 2, 'not tried: no file'],
  [`key restore --hsm-name ContosoHSM --file DIR/plain.pem`, 1, 2, 'not tried: no backup'],
  [`key restore --hsm-name ContosoHSM --file DIR/ec.backup`, 1],
  [`key backup ${ON} ec --file DIR/ec.backup`, 0, 4, 'a file is never overwritten'],
  [`key download ${ON} rsa -f DIR/rsa.pub.pem`, 1, 4, 'a file is never overwritten'],
  [`key purge ${ON} gone`, 0, 4, 'there is no backup of it'],
  [
    `key restore ${ON} rsa --storage-account-name a --blob-container-name b --storage-container-SAS-token c --backup-folder d`,
    0,
    4,
    'it would write over a key',
  ],
  [`key create ${ON} bad --kty EC-HSM --size 256`, 0, 2, 'a size has no meaning for it'],
  [`key create ${ON} bad --protection software`, 0, 2, 'a Managed HSM has no such keys'],
  [`key list-versions ${ON} nosuch`, 0, 1, 'absence is said, not shown as an empty list'],
  [`key list --hsm-name ContosoHSM --maxresults 30`, 1, 0, 'more pages are read'],
];

beforeAll(async () => {
  await az(world, `key backup ${ON} ec --file DIR/ec.backup`);
  await az(world, `key download ${ON} rsa -f DIR/rsa.pub.pem`);
  await az(world, `key create ${ON} fixed --exportable --policy '${POLICY}' --immutable true`);
});

describe('commands that az refuses, or that are refused here', () => {
  it.each(REFUSED.map(([line, code, ours = code]) => ({ line, code, ours })))(
    '$line ends with $ours, where az ends with $code',
    async ({ line, ours }) => {
      const ran = await az(world, line);
      expect(ran.code, `${ran.stdout}${ran.stderr}`).toBe(ours);
      if (ours !== 0) expect(ran.stdout).toBe('');
    },
  );
});
