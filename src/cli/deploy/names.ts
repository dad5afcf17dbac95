/** The names that the deployment gives to what must be unique in all of Azure, as infra/main.bicep makes them. */
import { uniqueString } from './unique-string.ts';

/** Names of resources whose names others may have taken. */
export interface GlobalNames {
  readonly storageAccounts: readonly string[];
  /** The first of {@link GlobalNames.storageAccounts} that holds the backups; it lies in the group of the backups. */
  readonly backupAccount: string;
  readonly apps: readonly string[];
  readonly eventHubNamespace: string;
}

/** Storage accounts take 3 to 24 lower-case letters and digits, and no hyphen. */
const LONGEST_ACCOUNT = 24;

/** The names for a prefix in the group with this id, `/subscriptions/…/resourceGroups/…`. */
export function globalNames(namePrefix: string, resourceGroupId: string): GlobalNames {
  const unique = uniqueString(resourceGroupId);
  const account = (letter: string) =>
    `st${namePrefix.toLowerCase().replaceAll('-', '')}${letter}${unique}`.slice(0, LONGEST_ACCOUNT);
  const backupAccount = account('b');
  return {
    storageAccounts: [backupAccount, account('h'), account('r')],
    backupAccount,
    apps: ['backup', 'recovery'].map((app) => `func-${namePrefix}-${app}-${unique}`),
    eventHubNamespace: `evhns-${namePrefix}-${unique}`,
  };
}
