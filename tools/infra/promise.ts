/** What a set of parameters promises; the rules hold a prediction to it. */

/** One HSM of a set. */
export interface PromisedHsm {
  readonly name: string;
  readonly resourceGroup: string;
  readonly subscription: string;
  /** Whether the deployment makes a private endpoint to it, and how that is approved. */
  readonly endpoint: 'automatic' | 'manual' | 'none';
  /** Whether its audit log can go to the Event Hub, which must be in its region. */
  readonly sameRegion: boolean;
  /** Address of an endpoint that exists. */
  readonly address?: string;
}

/** What a set of parameters promises. */
export interface DeploymentPromise {
  /** Whether everything is behind private endpoints. */
  readonly private: boolean;
  /** Whether the apps, too, are closed to the outside. */
  readonly privateApps: boolean;
  /** Whether the immutability is locked for good. */
  readonly locked: boolean;
  /** First part of the names. */
  readonly prefix: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The HSMs, the new one last. */
  readonly hsms: readonly PromisedHsm[];
  /** The HSMs for restore drills: where there is one, there is a drill app. */
  readonly drills: readonly PromisedHsm[];
  /** Name and retention of the HSM to create. */
  readonly newHsm?: { readonly name: string; readonly days: number };
  readonly backupGroup: string;
  readonly nodeVersion: string;
  readonly instances: number;
  readonly zoneRedundant: boolean;
  /** Redundancy of the host storage and of the backups. */
  readonly skus: { readonly hosts: string; readonly backups: string };
  /** Days: how long a backup cannot change, when it cools and goes, how long a deleted one is kept. */
  readonly days: {
    readonly immutable: number;
    readonly cool: number;
    readonly delete: number;
    readonly softDelete: number;
    readonly logs: number;
  };
  /** Hours after its time within which a run must have ended. */
  readonly graceHours: number;
  /** Functions that are switched off. */
  readonly disabled: readonly string[];
  /** Webhook sources, whose paths are open. */
  readonly sources: readonly string[];
  /** Whether the recovery app serves the console, whose addresses are open. */
  readonly webConsole: boolean;
  /** Whether notification channels have secrets in a vault. */
  readonly notifySecrets: boolean;
  /** Names of the notification channels. */
  readonly channels: readonly string[];
  readonly receivers: { readonly emails: readonly string[]; readonly webhooks: readonly string[] };
  /** Entra application and tenant of the callers. */
  readonly entra: { readonly clientId: string; readonly tenantId: string };
  /** Whether the audit log of the HSMs is kept in the workspace as well. */
  readonly auditToWorkspace: boolean;
  /** Application of the webhook that gets every event, where there is one. */
  readonly webhookApplication?: string;
  /** Subnets of a network that exists already. */
  readonly existingSubnets?: {
    readonly backup: string;
    readonly recovery: string;
    readonly endpoints: string;
    readonly drill?: string;
  };
  /** Address space of a new network, and the ranges of operators. */
  readonly addresses: { readonly network: string; readonly operators: readonly string[] };
  /** Who keeps the DNS records, and zones that exist already. */
  readonly dns: { readonly byPolicy: boolean; readonly existing: Readonly<Record<string, string>> };
}
