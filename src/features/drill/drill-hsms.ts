/** The drill HSMs of the settings, read one by one: an entry that is not valid stops nothing but the drills of its own HSMs. */
import { z } from 'zod';
import { HsmName } from '../../core/model/names.ts';
import type { SettingProblem } from '../../core/settings/setting.ts';
import { urlSetting, withoutSecrets } from '../../core/settings/urls.ts';

/** https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/get */
const RESOURCE_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/managedHSMs\/[^/]+$/i;
const MOST_SHOWN = 200;

const Entry = z.strictObject({
  name: HsmName,
  url: urlSetting('none', /^https$/).exactOptional(),
  resource: z.string().regex(RESOURCE_ID, 'expected the resource id of a Managed HSM'),
  of: z.array(HsmName).min(1).exactOptional(),
});
type Entry = z.infer<typeof Entry>;

/** The entries that can be read, and what is wrong with the others, a sentence each without its full stop. */
export interface DrillHsmEntries {
  readonly entries: readonly Entry[];
  readonly faults: readonly string[];
  /** Entries of the setting, those that cannot be read among them. */
  readonly count: number;
}

/** The list of the setting. It never fails: without a drill HSM restores are called unproven, and all else goes on. */
export const DrillHsmList = z.string().transform((text): DrillHsmEntries => {
  const list = z.array(z.unknown()).safeParse(parseJson(text));
  if (!list.success) return { entries: [], faults: [`${shown(text)}, which is no JSON array`], count: 0 };
  const entries: Entry[] = [];
  const faults: string[] = [];
  list.data.forEach((raw, index) => {
    const read = Entry.safeParse(raw);
    const isRepeated = read.success && entries.some(({ name }) => isSame(name, read.data.name));
    if (read.success && !isRepeated) entries.push(read.data);
    else {
      const why = read.success ? 'expected each drill HSM once' : issuesOf(read.error);
      faults.push(`entry ${index + 1}, ${shown(JSON.stringify(raw))}, which is not valid: ${why}`);
    }
  });
  return { entries, faults, count: list.data.length };
});

/** One drill HSM. */
export interface DrillHsmConfig {
  readonly name: string;
  readonly url: string;
  readonly resource: string;
  /** The protected HSMs that are drilled there. */
  readonly of: readonly string[];
}

/**
 * Which protected HSM is drilled where, and what is wrong: what is wrong is not drilled. With `mayGrow` people can add HSMs: one that `of`
 * names is drilled from then on, and a drill HSM stays one until then.
 */
export function placeDrills(
  given: DrillHsmEntries | undefined,
  protectedHsms: readonly string[],
  mayGrow: boolean,
): { readonly hsms: readonly DrillHsmConfig[]; readonly faults: readonly SettingProblem[] } {
  if (given === undefined) return { hsms: [], faults: [] };
  const { entries, count } = given;
  const faults = given.faults.map((found) => problem(found, 'entries that are valid'));
  const placed = entries.flatMap(({ of = [] }) => of);
  const twice = new Set(placed.filter((name, index) => placed.indexOf(name) !== index));
  for (const name of twice)
    faults.push(problem(`${name} in two drill HSMs`, 'every protected HSM in one drill HSM'));
  const hsms = entries.flatMap(({ name, url, resource, of }): DrillHsmConfig[] => {
    // What is restored there is purged: a protected HSM is never one of drills.
    if (protectedHsms.some((one) => isSame(one, name))) {
      faults.push(problem(`${name}, which is protected`, 'an HSM that WARDEN_HSMS does not name'));
      return [];
    }
    // Beside another entry, even one that cannot be read, nobody knows which HSMs are meant.
    if (of === undefined && count > 1) {
      faults.push(problem(`${name} without \`of\` beside another`, '`of` for each of several drill HSMs'));
      return [];
    }
    const unknown = (of ?? []).filter((one) => !protectedHsms.includes(one));
    if (!mayGrow)
      for (const one of unknown) faults.push(problem(`drills of ${one}`, 'names of HSMs as in WARDEN_HSMS'));
    const own = (of ?? protectedHsms).filter((one) => protectedHsms.includes(one) && !twice.has(one));
    const address = url ?? `https://${name.toLowerCase()}.managedhsm.azure.net`;
    const isIdle = own.length === 0 && !(mayGrow && unknown.length > 0);
    return isIdle ? [] : [{ name, url: address, resource, of: own }];
  });
  return { hsms, faults };
}

function problem(found: string, expected: string): SettingProblem {
  return {
    setting: 'WARDEN_DRILL_HSMS',
    found,
    expected: `${expected}; until then what this is about is not drilled`,
  };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function issuesOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join(', ');
}

function shown(text: string): string {
  const safe = withoutSecrets(text);
  return safe.length > MOST_SHOWN ? `${safe.slice(0, MOST_SHOWN)}…` : safe;
}
