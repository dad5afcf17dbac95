import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResourceGraph } from '../../../src/adapters/arm/resource-graph.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { startResourceGraph } from '../../../src/emulator/graph/resource-graph.ts';
import { DEFAULT_TENANT_ID } from '../../../src/emulator/options.ts';
import { describeHsmDirectory } from '../../contract/hsm-directory.ts';

describeHsmDirectory('Azure Resource Graph', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'warden-graph-'));
  const server = await startResourceGraph(folder, DEFAULT_TENANT_ID);
  const token = await server.token();
  const directory = new ResourceGraph({
    url: server.url,
    caPem: server.caPem,
    clock: systemClock,
    credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    scopes: [{ kind: 'management-group', id: 'keys' }],
    retries: 0,
  });
  return {
    directory,
    see: (hsms, subscriptions, fault) => {
      const rows = hsms.map(({ resource, name, url = '', location = '' }) => ({
        ...{ id: resource, name, location, hsmUri: `${url}/` },
      }));
      Object.assign(server.view, { hsms: rows, subscriptions, fault, pageRows: 7 });
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
