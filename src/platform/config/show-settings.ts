/** The settings as a person may see them: secrets are named and left out. */

import type { SettingsTable } from '../../core/settings/setting.ts';
import { withoutSecrets } from '../../core/settings/urls.ts';
import type { SettingsView } from '../../features/console/model/settings.ts';
import { SETTINGS } from './product-settings.ts';
import type { Environment } from './read-values.ts';

const TABLE: SettingsTable = SETTINGS;
const LONGEST = 2_000;

/** Every setting of the product, as this app has it. */
export function shownSettings(environment: Environment): SettingsView['settings'] {
  return Object.entries(TABLE).map(([name, { description, secret = false, default: otherwise = null }]) => {
    const given = environment[name]?.trim() ?? '';
    const value = given === '' ? otherwise : secret ? 'set' : withoutSecrets(given).slice(0, LONGEST);
    return { name, value, isDefault: given === '', secret, description, area: areaOf(name) };
  });
}

/** `AUTH` of `WARDEN_AUTH_TENANT`. */
function areaOf(name: string): string {
  return name.split('_')[1] ?? name;
}
