// The emulator keeps the contract that is also checked on a real HSM.
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { connectHsm } from '../live/hsm-connection.ts';
import { describeManagedHsm } from '../live/hsm-contract.ts';

describeManagedHsm('the emulator', async () => {
  const emulator = await startEmulator({ retentionDays: 7 });
  const connection = connectHsm({ url: emulator.url, ca: emulator.caPem, token: async () => emulator.token });
  return {
    ...connection,
    async close() {
      await connection.close();
      await emulator.close();
    },
  };
});
