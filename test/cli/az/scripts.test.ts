/** Scripts as people have them for az, run by bash after `az keyvault key` was replaced by `hsm-warden key`, and nothing else. */
import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from '../../../tools/bundle-cli.ts';
import { CliWorld } from '../support/cli-world.ts';

const YEAR_MS = 365 * 86_400_000;

const NEW_KEYS = `set -euo pipefail
az keyvault key create --hsm-name "$HSM" --name new-ec --kty EC-HSM --curve P-384 -o none
az keyvault key create --hsm-name "$HSM" --name new-oct --kty oct-HSM --size 256 -o none`;

const INVENTORY = `set -euo pipefail
az keyvault key list --hsm-name "$HSM" --query "[].[name, attributes.enabled, attributes.expires]" -o tsv | sort > inventory.tsv
for name in $(az keyvault key list --hsm-name "$HSM" --query "[?attributes.enabled].name" --output tsv --only-show-errors); do
  kid=$(az keyvault key show --hsm-name "$HSM" -n "$name" --query key.kid -o tsv)
  printf '%s %s\\n' "$(az keyvault key show --id "$kid" --query key.kty -o tsv)" "$name"
done | sort`;

const ROTATION = `set -euo pipefail
for name in $(az keyvault key list --hsm-name "$HSM" --query "[?attributes.created < '$CUTOFF' && attributes.enabled].name" -o tsv); do
  az keyvault key rotate --hsm-name "$HSM" --name "$name" --query key.kid --output tsv
done
az keyvault key list --hsm-name "$HSM" --query "length([?attributes.created < '$CUTOFF' && attributes.enabled])" -o tsv`;

const EXPORT = `set -euo pipefail
mkdir -p public
az keyvault key list --hsm-name "$HSM" --query "[].{name:name, id:kid}" -o tsv | while IFS=$'\\t' read -r name id; do
  kty=$(az keyvault key show --id "$id" --query key.kty -o tsv)
  case "$kty" in oct*) echo "skipped $name"; continue ;; esac
  az keyvault key download --id "$id" --file "public/$name.pem" --encoding PEM -o none
done
if az keyvault key show --hsm-name "$HSM" --name nosuch -o none 2>/dev/null; then exit 9; else [ $? -eq 3 ]; fi`;

let world: CliWorld;
let bin: string;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  const client = world.client();
  const policy = { expiresIn: 'P2Y', lifetimeActions: [] };
  await client.createKey('old-rsa', 'RSA-HSM', { keySize: 2048 });
  await client.createKey('old-ec', 'EC-HSM', { curve: 'P-256', expiresOn: new Date('2035-01-01T00:00:00Z') });
  await client.createKey('old-off', 'EC-HSM', { curve: 'P-256', enabled: false });
  for (const name of ['old-rsa', 'old-ec']) await client.updateKeyRotationPolicy(name, policy);
  await world.hsm().advanceClock(YEAR_MS + 60_000);
  bin = join(world.folder, 'bin');
  await mkdir(bin);
  await bundleCli(join(world.folder, 'cli'));
  const main = join(world.folder, 'cli', 'main.js');
  await world.file('bin/hsm-warden', `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@" --emulator\n`);
  await chmod(join(bin, 'hsm-warden'), 0o755);
  await runScript(NEW_KEYS);
}, 300_000);

afterAll(() => world?.close());

/** What `script` prints. */
async function runScript(script: string): Promise<string> {
  const environment = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    HSM: 'contoso',
    CUTOFF: new Date(world.hsm().now() - YEAR_MS).toISOString().replace('.000Z', '+00:00'),
    HSM_WARDEN_WORLD: join(world.folder, 'local.json'),
  };
  const text = script.replaceAll('az keyvault key', 'hsm-warden key');
  const { stdout } = await promisify(execFile)('bash', ['-c', text], { cwd: world.folder, env: environment });
  return stdout;
}

describe('a script for az', () => {
  it('that makes an inventory finds every key', { timeout: 300_000 }, async () => {
    expect(await runScript(INVENTORY)).toBe(
      'EC-HSM new-ec\nEC-HSM old-ec\nRSA-HSM old-rsa\noct-HSM new-oct\n',
    );
    expect(await readFile(join(world.folder, 'inventory.tsv'), 'utf8')).toBe(
      [
        'new-ec\tTrue\tNone',
        'new-oct\tTrue\tNone',
        'old-ec\tTrue\t2035-01-01T00:00:00+00:00',
        'old-off\tFalse\tNone',
        'old-rsa\tTrue\tNone\n',
      ].join('\n'),
    );
  });

  it('that rotates every key older than a year leaves none, and each has a backup', {
    timeout: 300_000,
  }, async () => {
    const lines = (await runScript(ROTATION)).trimEnd().split('\n');
    expect(lines.map((line) => /\/keys\/([a-z-]+)\//.exec(line)?.[1] ?? line)).toEqual([
      'old-rsa',
      'old-ec',
      '0',
    ]);
    for (const name of ['old-rsa', 'old-ec']) {
      const held = [];
      for await (const page of world.backups.list('contoso', name)) held.push(...page);
      expect(held.map(({ record }) => record.versions.length)).toEqual([2]);
    }
  });

  it('that exports the public keys writes those that there are', { timeout: 300_000 }, async () => {
    expect(await runScript(EXPORT)).toBe('skipped new-oct\n');
    const files = (await readdir(join(world.folder, 'public'))).toSorted();
    expect(files).toEqual(['new-ec.pem', 'old-ec.pem', 'old-off.pem', 'old-rsa.pem']);
    const kinds = await Promise.all(
      files.map(
        async (file) => createPublicKey(await readFile(join(world.folder, 'public', file))).asymmetricKeyType,
      ),
    );
    expect(kinds).toEqual(['ec', 'ec', 'ec', 'rsa']);
  });
});
