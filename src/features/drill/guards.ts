/** Whether an HSM may be used for drills: keys are deleted and purged there, so nothing may be in doubt. */
import { isSameName } from '../../core/model/key-name.ts';
import { isUnknownUrl } from '../../core/settings/kinds.ts';
import type { HsmProperties } from './ports.ts';

/** An HSM as the settings name it. */
interface NamedHsm {
  readonly name: string;
  readonly url: string;
  readonly resource: string;
}

/** What is looked at. */
export interface GuardFacts {
  readonly drillHsm: NamedHsm;
  readonly protectedHsms: readonly NamedHsm[];
  /** As Azure Resource Manager has them; `unreadable` with the reason where it does not say. */
  readonly properties: HsmProperties | { readonly unreadable: string };
  /** Names of the keys it holds, active and soft-deleted. */
  readonly found: readonly string[];
  /** Names of the keys that drills have put there and not yet seen removed. */
  readonly own: readonly string[];
}

/** Everything that speaks against a drill in this HSM, each a sentence; none when it may be used. */
export function refusalsOf({
  drillHsm,
  protectedHsms,
  properties,
  found,
  own,
}: GuardFacts): readonly string[] {
  const refusals: string[] = [];
  const { name } = drillHsm;
  for (const other of protectedHsms) {
    // Where neither its URL nor its resource can be read, it may be any HSM: also the one for drills.
    if (isUnknownUrl(other.url) && other.resource === other.url)
      refusals.push(
        `Which HSM the protected ${other.name} is cannot be read in the settings: ${name} may be that HSM.`,
      );
    if (isSame(drillHsm, other)) refusals.push(`The HSM ${name} is the protected HSM ${other.name}.`);
    else if (isRegionOf(drillHsm, other))
      refusals.push(`The HSM ${name} looks like an extended region of the protected HSM ${other.name}.`);
  }
  if ('unreadable' in properties) {
    refusals.push(
      `The properties of the HSM ${name} cannot be read in Azure Resource Manager: ${properties.unreadable}.`,
    );
  } else refusals.push(...propertyRefusals(drillHsm, protectedHsms, properties));
  const foreign = found.filter((key) => !own.some((mine) => isSameName(mine, key)));
  if (foreign.length > 0) {
    const named = foreign.slice(0, 5).join(', ');
    refusals.push(
      `The HSM ${name} holds ${foreign.length} key${foreign.length === 1 ? '' : 's'} that no drill has made: ${named}${foreign.length > 5 ? ', …' : ''}.`,
    );
  }
  return refusals;
}

function propertyRefusals(
  { name, url, resource }: NamedHsm,
  protectedHsms: readonly NamedHsm[],
  { id, uri, purgeProtection, regions }: HsmProperties,
): readonly string[] {
  const refusals: string[] = [];
  if (id.toLowerCase() !== resource.toLowerCase())
    refusals.push(`Azure Resource Manager shows another resource for the HSM ${name}: ${id}.`);
  if (hostOf(uri) !== hostOf(url)) refusals.push(`The HSM ${name} is at ${uri}, not at ${url}.`);
  if (purgeProtection === 'unknown')
    refusals.push(`Azure Resource Manager does not say that the HSM ${name} has no purge protection.`);
  else if (purgeProtection)
    refusals.push(`The HSM ${name} has purge protection: what a drill restores would stay for days.`);
  if (regions.length > 0)
    refusals.push(
      `The HSM ${name} has extended regions (${regions.join(', ')}): drills use an HSM of one region.`,
    );
  for (const other of protectedHsms) {
    if (hostOf(uri) === hostOf(other.url) || id.toLowerCase() === other.resource.toLowerCase())
      refusals.push(`Azure Resource Manager says that the HSM ${name} is the protected HSM ${other.name}.`);
  }
  return refusals;
}

function isSame(a: NamedHsm, b: NamedHsm): boolean {
  return (
    isSameName(a.name, b.name) ||
    hostOf(a.url) === hostOf(b.url) ||
    a.resource.toLowerCase() === b.resource.toLowerCase()
  );
}

/** The name of a region's own endpoint begins with that of its HSM: `contoso.northeurope.managedhsm.azure.net`. */
function isRegionOf(a: NamedHsm, b: NamedHsm): boolean {
  const [first, second] = [labelsOf(a.url), labelsOf(b.url)];
  return first.length > 2 && second.length > 2 && first[0] === second[0];
}

function labelsOf(url: string): readonly string[] {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /^[\d.]+$|:/.test(host) ? [] : host.split('.');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : url.toLowerCase();
}
