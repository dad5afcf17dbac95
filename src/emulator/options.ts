// How an emulator can be started.
import type { ResourceLocation } from './arm/managed-hsm.ts';
import type { Change } from './state/model.ts';

/** The principal of the token that a start prints. */
export const ADMINISTRATOR_ID = '2f6b5a6e-0d5c-4b1e-9c38-6f1f3b1e0a01';
/** The tenant of emulators that are given no other. */
export const DEFAULT_TENANT_ID = '7a0c9f1e-3f43-4e0b-8a55-2c1d6a1f9b10';
/** Where a pool is in Azure Resource Manager when nobody says: an emulated one belongs to no subscription. */
export const DEFAULT_SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000000';
export const DEFAULT_RESOURCE_GROUP = 'emulator';
const DEFAULT_LOCATION = 'westeurope';

/** How to start. Everything has a default; numbers are days or counts as named. */
export type EmulatorOptions = {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Address to listen on; the default is 127.0.0.1. */
  readonly host?: string;
  /** The pool's name; the default is `contoso`. */
  readonly name?: string;
  readonly tenantId?: string;
  /** Where Azure Resource Manager shows the pool. */
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  /** 7 to 90; the default is 90, as for a real pool. */
  readonly retentionDays?: number;
  readonly purgeProtection?: boolean;
  /** `documented`, the default, refuses what is above the documented limits; `off` takes everything. */
  readonly limits?: 'documented' | 'off';
  /** `real` answers as slowly as recorded; `none`, the default, as fast as possible. */
  readonly latency?: 'none' | 'real';
  /** Seeds the latencies drawn. */
  readonly latencySeed?: number;
  /** How many keys to fill a new pool with. */
  readonly seedKeys?: number;
  /** Makes keys of one's own for a new pool, given its time in unix seconds. */
  readonly seed?: (now: number) => Promise<readonly Change[]>;
  /** Keeps the pool in this folder. Without it the pool ends with the process. */
  readonly stateDir?: string;
  /** Keeps the certificate authority and the token issuer's key here, shared by all emulators that name it. */
  readonly caDir?: string;
  /** Pools with the same text restore each other's backups; the default is one of its own. */
  readonly securityDomain?: string;
  /** Called with failures of the emulator itself; the default writes to standard error. */
  readonly reportFault?: (error: unknown) => void;
  /** Appends an audit record of every authenticated request to this JSONL file. */
  readonly auditLog?: string;
  /** Posts the audit records to this address, in JSON arrays, until they are accepted. */
  readonly auditSink?: string;
  /** How late the sink gets them by the emulator's clock: 0, the default, to 600 s. */
  readonly auditDelaySeconds?: number;
};

/** Where the pool of these options is in Azure Resource Manager. */
export function resourceLocation({
  subscriptionId,
  resourceGroup,
  location,
}: EmulatorOptions): ResourceLocation {
  return {
    subscriptionId: subscriptionId ?? DEFAULT_SUBSCRIPTION_ID,
    resourceGroup: resourceGroup ?? DEFAULT_RESOURCE_GROUP,
    location: location ?? DEFAULT_LOCATION,
  };
}
