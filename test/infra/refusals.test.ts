import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBicep } from '../../tools/infra/bicep-cli.ts';
import { type BicepServer, startBicepServer } from '../../tools/infra/bicep-server.ts';
import { checkRefusals } from '../../tools/infra/refusals.ts';

const bicep = findBicep(process.env);

describe.skipIf(bicep === undefined)('a deployment that would harm', () => {
  let server: BicepServer;
  let folder: string;
  beforeAll(() => {
    server = startBicepServer(bicep ?? '');
    folder = join(mkdtempSync(join(tmpdir(), 'warden-refusals-')), 'infra');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('is refused: with nobody to tell, an HSM in a group that can be removed, or a drill app without a subnet', async () => {
    expect(await checkRefusals(server, 'infra')).toEqual([]);
  }, 120_000);

  it('is noticed where the template takes it', async () => {
    cpSync('infra', folder, { recursive: true });
    const spoil = (file: string, find: string, replace: string) => {
      const path = join(folder, 'modules', file);
      const source = readFileSync(path, 'utf8');
      expect(source).toContain(find);
      writeFileSync(path, source.replace(find, replace));
    };
    const said =
      "fail('alertReceivers names nobody. Name at least one mail address or webhook: without one, no alert is heard.')";
    spoil('logs.bicep', said, '[]');
    spoil('drill.bicep', 'privateNetworking && subnetId == null', "privateNetworking && subnetId == ''");
    spoil(
      'hsms.bicep',
      'toLower(newHsmResourceGroupName) == toLower(resourceGroup().name)',
      'newHsmResourceGroupName == resourceGroup().name',
    );

    expect(await checkRefusals(server, folder)).toEqual(
      ['no-receiver', 'empty-receivers', 'no-drill-subnet', 'new-hsm-in-this-group'].map((name) =>
        expect.stringContaining(`${name} is not refused`),
      ),
    );
  }, 120_000);
});
