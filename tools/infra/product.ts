/** What the deployment must agree on with the code, gathered in one place: settings, functions, queues and containers. */
import { isWardenError } from '../../src/core/errors.ts';
import type { SettingsTable } from '../../src/core/settings/setting.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { problemLine } from '../../src/platform/config/problems.ts';
import { CONTAINERS, SETTINGS } from '../../src/platform/config/product-settings.ts';
import { FUNCTION_NAMES, QUEUES } from '../../src/platform/features.ts';

/** A setting of the product, as far as the deployment cares. */
export interface ProductSetting {
  readonly name: string;
  /** What it means, in a sentence. */
  readonly description: string;
  /** What it expects. */
  readonly expected: string;
  /** Whether the app starts without it. */
  readonly optional: boolean;
}

/** The settings of the product as the code has them. */
export const PRODUCT_TABLE: SettingsTable = SETTINGS;

/** The settings of a table, as far as the deployment cares. */
export function settingsOf(table: SettingsTable): readonly ProductSetting[] {
  return Object.entries(table).map(([name, setting]) => ({
    name,
    description: setting.description,
    expected: setting.expected,
    optional: setting.default !== undefined || setting.otherwise !== undefined,
  }));
}

/** Settings that only make sense on a person's machine. */
export const LOCAL_SETTINGS: ReadonlySet<string> = new Set([
  'WARDEN_STORAGE_CONNECTION',
  'WARDEN_CA_FILE',
  'WARDEN_TOKEN_FILE',
  'WARDEN_TOPIC_KEY',
  'WARDEN_CONSOLE_METADATA',
  'WARDEN_NOTIFY_SECRETS_FILE',
]);

/** Containers that the code names itself. */
export const PRODUCT_CONTAINERS: readonly string[] = Object.values(CONTAINERS);

/** Queues that the code names itself, each with its poison queue. */
export const PRODUCT_QUEUES: readonly string[] = QUEUES.flatMap((queue) => [queue, `${queue}-poison`]);

/** The functions that each app registers. */
export const PRODUCT_FUNCTIONS = FUNCTION_NAMES;

/** Why an app would refuse to start with these settings, a sentence each. */
export function settingsProblems(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    return readConfig(settings).faults.map(problemLine);
  } catch (error) {
    if (!isWardenError(error)) throw error;
    return error.message.split('\n');
  }
}
