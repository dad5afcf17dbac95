/** The HSMs to protect, from the entries of the settings. */
import { definedOnly } from '../../core/defined-only.ts';
import { hsmHost } from '../../core/model/hsm-address.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import type { SettingProblem } from '../../core/settings/setting.ts';
import type { FleetDecision } from '../../features/fleet/decisions.ts';
import type { HsmEntry } from './hsm-entries.ts';

/** One HSM to protect. */
export interface HsmConfig {
  readonly name: string;
  readonly url: string;
  /** What seals name it by, in place of its name in the settings, which others could choose, too. */
  readonly resource: string;
  /** Key backups a second. */
  readonly pace: number;
  /** By which decision it is protected, where no setting names it. */
  readonly added?: FleetDecision;
  /** Why the HSM cannot be used: its entry is not valid. A sentence without its full stop. */
  readonly fault?: string;
}

/** Whether two addresses are of one HSM. On this machine several may be behind one address. */
function isOneHsm(a: string, b: string): boolean {
  return !isLoopback(a) && hsmHost(a) === hsmHost(b);
}

/** The HSMs, and what is wrong with single ones. `pace`: of those that name none, key backups a second. */
export function hsmsOf(
  entries: readonly HsmEntry[],
  pace: number,
): { readonly hsms: readonly HsmConfig[]; readonly faults: readonly SettingProblem[] } {
  const hsms: HsmConfig[] = [];
  const faults: SettingProblem[] = [];
  const problem = (found: string, expected: string) =>
    faults.push({ setting: 'WARDEN_HSMS', found, expected });
  for (const entry of entries) {
    const { name, fault } = entry;
    const url = entry.url ?? `https://${name.toLowerCase()}.managedhsm.azure.net`;
    const same = hsms.find((one) => one.fault === undefined && isOneHsm(one.url, url));
    // Twice protected it would be listed, paced and reported twice. Nothing of it is left out: the other entry is the HSM.
    if (fault === undefined && same !== undefined) {
      problem(`${name} at ${url}, which is the HSM ${same.name}`, `each HSM once: https://${hsmHost(url)}`);
      continue;
    }
    if (fault !== undefined)
      problem(fault, 'an entry that is valid; until then this HSM is neither watched nor backed up');
    hsms.push({
      name,
      url,
      pace: entry.pace ?? pace,
      resource: entry.resource ?? url,
      ...definedOnly({ fault }),
    });
  }
  return { hsms, faults };
}
