/** Checks the storage: that the containers are there and answer, and that no app can rewrite the backups. */

import type { ContainerClient } from '@azure/storage-blob';
import { createBlobService } from '../../adapters/blob/clients.ts';
import { translateStorageError } from '../../adapters/http/translate-storage-error.ts';
import type { Clock } from '../../core/ports.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import type { Config } from '../../platform/config/config.ts';
import { openPlatform } from '../../platform/platform.ts';
import type { Connection } from '../connect/connection.ts';
import { attempt, type Finding, fail, ok, warn } from './check.ts';
import { judgeClock } from './judge-clock.ts';

const REACH =
  'Check the URL in the settings, the network rules of the account, and your role (Storage Blob Data Reader).';

/** All checks of the storage; `clock` is the time it should have. */
export async function checkStorage(
  connection: Connection,
  config: Config,
  clock: Clock,
): Promise<readonly Finding[]> {
  const { credential, caPem } = connection;
  const { access } = openPlatform({ config, credential, caPem, clock });
  const immutable = createBlobService(access.backup);
  const backups = immutable.getContainerClient(config.backupContainer);
  const state = createBlobService(access.state).getContainerClient(config.stateContainer);
  const audit = immutable.getContainerClient(config.auditContainer);
  const findings = [
    await attempt('backup container', backups.containerName, REACH, () =>
      immutability('backup container', backups, clock, 'fail'),
    ),
    await attempt('state container', state.containerName, REACH, async () => {
      const { date } = await properties(state, clock);
      const reachable = ok('state container', state.containerName, state.url);
      return date === undefined
        ? reachable
        : [reachable, judgeClock('storage', date.getTime() - clock.now())];
    }),
  ];
  if (config.recovery !== undefined) {
    findings.push(
      await attempt('audit container', audit.containerName, REACH, () =>
        immutability('audit container', audit, clock, 'warn'),
      ),
    );
  }
  return findings.flat();
}

/** Says whether a policy keeps what is stored. A storage emulator has no such thing, so there it is only a warning. */
async function immutability(
  check: string,
  container: ContainerClient,
  clock: Clock,
  otherwise: 'fail' | 'warn',
): Promise<readonly Finding[]> {
  const { hasImmutabilityPolicy, hasLegalHold, isImmutableStorageWithVersioningEnabled } = await properties(
    container,
    clock,
  );
  const name = container.containerName;
  const reachable = ok(check, name, container.url);
  const policy = 'immutability';
  if (hasImmutabilityPolicy || hasLegalHold || isImmutableStorageWithVersioningEnabled) {
    return [reachable, ok(policy, name, 'a policy keeps what is stored')];
  }
  if (isLoopback(container.url)) {
    return [
      reachable,
      warn(
        policy,
        name,
        'a storage emulator keeps nothing immutable',
        'In Azure the deployment sets the policy.',
      ),
    ];
  }
  const tell = otherwise === 'fail' ? fail : warn;
  return [
    reachable,
    tell(
      policy,
      name,
      'no policy: whoever may delete blobs can delete these',
      'Deploy infra/main.bicep again, or set a time-based retention policy on the container.',
    ),
  ];
}

async function properties(container: ContainerClient, clock: Clock) {
  try {
    return await container.getProperties();
  } catch (error) {
    throw translateStorageError(error, { what: `look at container ${container.containerName}` }, clock.now());
  }
}
