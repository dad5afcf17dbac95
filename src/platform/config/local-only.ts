/** Settings for emulators: what they may name is on this machine. */
import { isLoopback } from '../../core/settings/kinds.ts';
import type { SettingProblem } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { sealingHostsElsewhere } from '../../features/seals/settings.ts';
import type { ProductValues } from './product-settings.ts';

/** What is for emulators must not meet a real HSM. */
export function offThisMachine(parsed: ProductValues): SettingProblem[] {
  const expected = 'URLs on loopback, while WARDEN_CA_FILE or a token file is set';
  const hsms = (parsed.WARDEN_HSMS ?? [])
    // One that cannot be used is sent nothing.
    .filter(({ url, fault }) => fault === undefined && (url === undefined || !isLoopback(url)))
    .map(({ name, url }) => ({
      setting: 'WARDEN_HSMS',
      found: `${name} at ${url ?? 'its Azure URL'}`,
      expected,
    }));
  const sealing = sealingHostsElsewhere(parsed).map((found) => ({
    setting: 'WARDEN_SEAL_KEY_URL',
    found,
    expected,
  }));
  const drills = (parsed.WARDEN_DRILL_HSMS?.entries ?? [])
    .filter(({ url }) => url === undefined || !isLoopback(url))
    .map(({ name, url }) => ({
      setting: 'WARDEN_DRILL_HSMS',
      found: `${name} at ${url ?? 'its Azure URL'}`,
      expected,
    }));
  const faultKey = parsed.WARDEN_DRILL_FAULT_KEY_URL;
  const trials =
    faultKey === undefined || isLoopback(faultKey)
      ? []
      : [{ setting: 'WARDEN_DRILL_FAULT_KEY_URL', found: faultKey, expected }];
  return [...hsms, ...sealing, ...drills, ...trials];
}

/** Whether a connection string names endpoints of this machine, and both of them. */
export function isLoopbackConnection(text: string): boolean {
  if (/^UseDevelopmentStorage=true;?$/i.test(text.trim())) return true;
  const endpoints = new Map(
    [...text.matchAll(/(Blob|Queue)Endpoint=([^;]+)/gi)].map(([, service = '', url = '']) => [
      service.toLowerCase(),
      url,
    ]),
  );
  // Both must be named: one that is not would be made from the account's name, off this machine.
  return (
    endpoints.size === 2 &&
    [...endpoints.values()].every((url) => isLoopback(url) && urlSetting('account').safeParse(url).success)
  );
}
