/** KeyClient on the emulator over TLS keeps the contract of a KeyService, one request an attempt. */

import { describeKeyService } from '../../contract/key-service.ts';
import { createKeyVaultWorld } from '../../support/emulator-world.ts';

describeKeyService('KeyVaultKeyService on the emulator over TLS', createKeyVaultWorld);
