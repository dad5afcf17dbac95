// The checks against a real Managed HSM. Never part of `npm test`: see docs/emulator-details.md before running them.
import { DefaultAzureCredential } from '@azure/identity';
import { connectHsm } from './hsm-connection.ts';
import { describeManagedHsm } from './hsm-contract.ts';

const SCOPE = 'https://managedhsm.azure.net/.default';

describeManagedHsm('a real Managed HSM', async () => {
  const url = process.env.HSM_WARDEN_LIVE_URL;
  if (url === undefined)
    throw new Error('set HSM_WARDEN_LIVE_URL to the URL of a Managed HSM made for tests');
  const credential = new DefaultAzureCredential();
  return connectHsm({ url, token: async () => (await credential.getToken(SCOPE)).token });
});
