/** The people of a local installation, and the application that delivers events. They exist on this machine only. */
import { ROLES } from '../../features/recovery/access/caller.ts';

/** A person as the local issuer knows one. */
export interface LocalPerson {
  readonly name: string;
  /** The directory's object id. */
  readonly oid: string;
  readonly roles: readonly string[];
  /** Groups of the approval policy. */
  readonly groups: readonly string[];
}

/** Who asks, who approves, who audits. */
export const PEOPLE: readonly LocalPerson[] = [
  {
    name: 'alice',
    oid: 'a11ce000-0000-4000-8000-000000000001',
    roles: [ROLES.read, ROLES.request],
    groups: [],
  },
  {
    name: 'bob',
    oid: 'b0b00000-0000-4000-8000-000000000002',
    roles: [ROLES.read, ROLES.approve],
    groups: ['security'],
  },
  {
    name: 'carol',
    oid: 'ca501000-0000-4000-8000-000000000003',
    roles: [ROLES.read, ROLES.approve],
    groups: ['key-owner'],
  },
  {
    name: 'dave',
    oid: 'da4e0000-0000-4000-8000-000000000004',
    roles: [ROLES.read, ROLES.audit],
    groups: [],
  },
];

/** What Event Grid is to the local directory: an application that may deliver to webhooks. */
export const EVENT_GRID = {
  /** Event Grid's own client id, the same in every tenant of the public cloud. */
  appId: '4962773b-9cdb-44cf-a8bf-237846a00ab7',
  oid: 'e9e47961-0000-4000-8000-000000000005',
  roles: [ROLES.webhook],
} as const;
