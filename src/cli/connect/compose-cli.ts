/** The command line's way to the platform: the adapters the apps use, with a person's credential. */
import { KeyAdministration } from '../../adapters/keyvault/key-administration.ts';
import { KeyOperations } from '../../adapters/keyvault/key-operations.ts';
import { KeyVaultKeyService } from '../../adapters/keyvault/key-vault-key-service.ts';
import { AimdPacer } from '../../adapters/pacing/aimd-pacer.ts';
import { createJsonLogger } from '../../adapters/system/json-logger.ts';
import type { BackupPins, BackupStore, Clock, KeyService, Logger, Pacer } from '../../core/ports.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import { type AccountLetters, deadLettersEverywhere } from '../../platform/dead-letters.ts';
import { openPlatform, type Platform } from '../../platform/platform.ts';
import { UnusableKeys } from '../../platform/unusable-hsm.ts';
import type { CliContext } from '../frame/context.ts';
import type { HsmAddress } from './address.ts';
import type { Connection } from './connection.ts';

/** The warden's storage, seen by a person. */
export interface Store
  extends Pick<
    Platform,
    | 'state'
    | 'points'
    | 'seals'
    | 'leases'
    | 'queue'
    | 'notifications'
    | 'drillQueue'
    | 'auditStore'
    | 'anchor'
    | 'decided'
    | 'once'
    | 'decisions'
    | 'access'
  > {
  readonly backups: BackupStore & BackupPins;
  /** Of every account that the settings name. */
  readonly deadLetters: readonly AccountLetters[];
}

/** Opens the storage the settings name. Nothing is contacted before it is used. */
export function openStore(connection: Connection, config: Config, context: CliContext): Store {
  const { credential, caPem } = connection;
  const platform = openPlatform({ config, credential, caPem, clock: context.clock });
  const deadLetters = deadLettersEverywhere(config, platform.access.state, context.clock);
  return { ...platform, deadLetters, backups: platform.backups(cliLogger(context)) };
}

/** The product's own key service on an HSM, with the person's credential. */
export function keyServiceOn(connection: Connection, address: HsmAddress, clock: Clock): KeyService {
  return new KeyVaultKeyService(hsmOptions(connection, address, clock));
}

/** The same for an HSM of the settings; one whose settings are wrong is not asked. */
export function keyServiceOf(
  connection: Connection,
  { name, url, fault }: Pick<HsmConfig, 'name' | 'url' | 'fault'>,
  clock: Clock,
): KeyService {
  return fault === undefined
    ? keyServiceOn(connection, { hsm: name, url }, clock)
    : new UnusableKeys(name, fault);
}

/** What an operator may do beyond it. */
export function administrationOn(
  connection: Connection,
  address: HsmAddress,
  { clock, signal }: Pick<CliContext, 'clock' | 'signal'>,
): KeyAdministration {
  return new KeyAdministration({ ...hsmOptions(connection, address, clock), signal });
}

/** Uses of keys, attestation, rotation policies, random bytes. */
export function operationsOn(
  connection: Connection,
  address: HsmAddress,
  { clock, signal }: Pick<CliContext, 'clock' | 'signal'>,
): KeyOperations {
  return new KeyOperations({ ...hsmOptions(connection, address, clock), signal });
}

function hsmOptions({ credential, caPem }: Connection, { hsm, url }: HsmAddress, clock: Clock) {
  const options = { hsm, url, credential, clock, disableChallengeResourceVerification: isLoopback(url) };
  return caPem === undefined ? options : { ...options, caPem };
}

/** The pace towards one HSM, requests a second. */
export function pacerFor(ratePerSecond: number, clock: Clock): Pacer {
  return new AimdPacer({ ratePerSecond, clock });
}

/** Troubles go to standard error as they come; everything does when HSM_WARDEN_LOG is `info`. */
export function cliLogger({ stderr, clock, environment }: CliContext): Logger {
  const all = environment.HSM_WARDEN_LOG === 'info';
  return createJsonLogger(
    { write: (line, level) => (all || level !== 'info' ? stderr.write(line) : undefined) },
    clock,
  );
}
