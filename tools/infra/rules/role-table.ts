/** Every Azure role the deployment gives away, and why: the one list that reviewers read and the checks enforce. */

/** One right of one identity. */
export interface Grant {
  readonly who: 'backup app' | 'recovery app' | 'drill app' | 'event topic';
  /** Name of the role as Azure shows it. */
  readonly role: string;
  /** GUID of a built-in role; the custom one is made by the deployment. */
  readonly roleId: string | 'custom';
  /** What it is given on. */
  readonly on: Scope;
  /** Whether a condition narrows it. */
  readonly conditional: boolean;
  readonly why: string;
}

/** A place that rights are given on. */
type Scope =
  | 'backup host storage'
  | 'recovery host storage'
  | 'drill host storage'
  | 'container key-backups'
  | 'container warden-audit'
  | 'container warden-state'
  | 'container dead-letters'
  | 'queue warden-events'
  | 'queue notifications'
  | 'queue key-backups'
  | 'Event Grid topic'
  | 'hub hsm-audit'
  | 'Application Insights'
  | 'each drill HSM';

const BLOB_OWNER = { role: 'Storage Blob Data Owner', roleId: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' };
const BLOB_CONTRIBUTOR = {
  role: 'Storage Blob Data Contributor',
  roleId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
};
const BLOB_READER = { role: 'Storage Blob Data Reader', roleId: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1' };
const QUEUE_CONTRIBUTOR = {
  role: 'Storage Queue Data Contributor',
  roleId: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
};
const QUEUE_SENDER = {
  role: 'Storage Queue Data Message Sender',
  roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
};
const TABLE_CONTRIBUTOR = {
  role: 'Storage Table Data Contributor',
  roleId: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
};
const EVENT_SENDER = { role: 'EventGrid Data Sender', roleId: 'd5a91429-5739-47e2-a06b-3470a27159e7' };
const HUB_RECEIVER = {
  role: 'Azure Event Hubs Data Receiver',
  roleId: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde',
};
const METRICS_PUBLISHER = {
  role: 'Monitoring Metrics Publisher',
  roleId: '3913510d-42f4-4e42-8a64-420c390055eb',
};
const READER = { role: 'Reader', roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' };
/** Reads and adds; neither overwrites nor deletes. */
const BLOB_APPENDER = { role: 'HSM Warden Blob Appender', roleId: 'custom' } as const;

/** All of them. The ids are those of https://learn.microsoft.com/azure/role-based-access-control/built-in-roles. */
export const GRANTS: readonly Grant[] = [
  ...hostGrants('backup app', 'backup host storage'),
  ...hostGrants('recovery app', 'recovery host storage'),
  {
    who: 'backup app',
    ...BLOB_APPENDER,
    on: 'container key-backups',
    conditional: false,
    why: 'adds backups and reads them again; cannot overwrite or delete one',
  },
  {
    who: 'recovery app',
    ...BLOB_APPENDER,
    on: 'container key-backups',
    conditional: false,
    why: 'reads the backup it restores and adds a fresh one afterwards',
  },
  {
    who: 'recovery app',
    ...BLOB_APPENDER,
    on: 'container warden-audit',
    conditional: false,
    why: 'appends each step of a recovery and reads the chain to prove it',
  },
  {
    who: 'backup app',
    ...BLOB_READER,
    on: 'container warden-audit',
    conditional: false,
    why: 'compares what an HSM says it brought back with what the recovery app had claimed; cannot write there',
  },
  {
    who: 'backup app',
    ...BLOB_CONTRIBUTOR,
    on: 'container warden-state',
    conditional: true,
    why: 'keeps catalogues, manifests, the memory of the watch and locks; the condition keeps it from the recoveries',
  },
  {
    who: 'event topic',
    ...BLOB_CONTRIBUTOR,
    on: 'container dead-letters',
    conditional: false,
    why: 'writes events that nobody took',
  },
  {
    who: 'event topic',
    ...QUEUE_SENDER,
    on: 'queue warden-events',
    conditional: false,
    why: 'keeps each event in a queue for a week',
  },
  {
    who: 'recovery app',
    ...QUEUE_SENDER,
    on: 'queue notifications',
    conditional: false,
    why: 'hands its events over to the app that sends the messages',
  },
  {
    who: 'backup app',
    ...EVENT_SENDER,
    on: 'Event Grid topic',
    conditional: false,
    why: 'publishes the findings of the watch',
  },
  {
    who: 'recovery app',
    ...EVENT_SENDER,
    on: 'Event Grid topic',
    conditional: false,
    why: 'reports each step of a recovery',
  },
  {
    who: 'backup app',
    ...HUB_RECEIVER,
    on: 'hub hsm-audit',
    conditional: false,
    why: 'reads the audit records of the HSMs',
  },
  {
    who: 'backup app',
    ...METRICS_PUBLISHER,
    on: 'Application Insights',
    conditional: false,
    why: 'sends its logs; keys are switched off',
  },
  {
    who: 'recovery app',
    ...METRICS_PUBLISHER,
    on: 'Application Insights',
    conditional: false,
    why: 'sends its logs; keys are switched off',
  },
  // Only where a drill HSM is named.
  ...hostGrants('drill app', 'drill host storage'),
  {
    who: 'drill app',
    ...BLOB_READER,
    on: 'container key-backups',
    conditional: false,
    why: 'reads the backups that it restores; cannot write there',
  },
  {
    who: 'drill app',
    ...BLOB_READER,
    on: 'container warden-audit',
    conditional: false,
    why: 'reads which HSMs people added, so that these are drilled, too; cannot write there',
  },
  {
    who: 'drill app',
    ...BLOB_CONTRIBUTOR,
    on: 'container warden-state',
    conditional: true,
    why: 'keeps its journal and its results; the condition keeps it from everything else',
  },
  {
    who: 'drill app',
    ...QUEUE_SENDER,
    on: 'queue key-backups',
    conditional: false,
    why: 'asks for a fresh backup of a key that failed',
  },
  {
    who: 'drill app',
    ...QUEUE_SENDER,
    on: 'queue notifications',
    conditional: false,
    why: 'hands its events over to the app that sends the messages',
  },
  {
    who: 'drill app',
    ...EVENT_SENDER,
    on: 'Event Grid topic',
    conditional: false,
    why: 'reports what drills have found',
  },
  {
    who: 'drill app',
    ...METRICS_PUBLISHER,
    on: 'Application Insights',
    conditional: false,
    why: 'sends its logs; keys are switched off',
  },
  {
    who: 'drill app',
    ...READER,
    on: 'each drill HSM',
    conditional: false,
    why: 'sees that the HSM has no purge protection and no second region',
  },
];

/** https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity */
function hostGrants(who: Grant['who'], on: Scope): Grant[] {
  return [
    {
      who,
      ...BLOB_OWNER,
      on,
      conditional: false,
      why: 'the Functions host keeps locks, timers, checkpoints and the package here',
    },
    {
      who,
      ...QUEUE_CONTRIBUTOR,
      on,
      conditional: false,
      why: 'the host reads the work queues and moves poison messages; the app sends work to itself',
    },
    { who, ...TABLE_CONTRIBUTOR, on, conditional: false, why: 'the host writes its diagnostic events here' },
  ];
}
