/** Checks the region: that it exists, and has Flex Consumption and the redundancy that the storage accounts ask for. */
import { z } from 'zod';
import { type Finding, fail, ok, unknown } from '../doctor/check.ts';
import { type Survey, same, unread } from './survey.ts';
import { regionName } from './target.ts';

const Location = z.object({ name: z.string(), availabilityZoneMappings: z.array(z.unknown()).nullish() });
const GeoRegion = z.object({
  name: z.string(),
  properties: z.object({ orgDomain: z.string().nullish() }).nullish(),
});
const Sku = z.object({
  name: z.string(),
  kind: z.string().nullish(),
  locations: z.array(z.string()).nullish(),
  restrictions: z.array(z.object({ reasonCode: z.string().nullish() })).nullish(),
});
const READER = 'Reader on the subscription';

/** All of the region. */
export async function checkRegion(survey: Survey): Promise<readonly Finding[]> {
  const known = await checkLocation(survey);
  if (known.some(({ result }) => result === 'fail')) return known;
  return [...known, ...(await checkFlex(survey)), ...(await checkRedundancy(survey))];
}

/** https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations */
async function checkLocation({ arm, target, region }: Survey): Promise<readonly Finding[]> {
  const check = 'region';
  const reading = await arm.list(`/subscriptions/${target.subscriptionId}/locations`, '2022-12-01', Location);
  if (reading.kind !== 'ok') return [unread(check, region, reading, READER)];
  const found = reading.value.find(({ name }) => same(name, region));
  if (found === undefined) {
    const fix = 'az account list-locations -o table shows those that this subscription has.';
    return [fail(check, region, 'this subscription has no region of that name', fix)];
  }
  const zones = found.availabilityZoneMappings?.length ?? 0;
  const detail = zones === 0 ? 'it has no availability zones' : `it has ${zones} availability zones`;
  const wantsZones = [target.backupSku, target.hostSku].filter((sku) => sku.includes('ZRS'));
  if (zones > 0 || (wantsZones.length === 0 && !target.zoneRedundantApps)) return [ok(check, region, detail)];
  const fix =
    "In infra/main.bicepparam: param regionHasZones = false, or backupStorage.skuName 'Standard_GRS' and hostStorageSkuName 'Standard_LRS'; and zoneRedundantApps = false.";
  const who = [...wantsZones, ...(target.zoneRedundantApps ? ['zoneRedundantApps'] : [])].join(' and ');
  return [fail(check, region, `${detail}, but ${who} needs them`, fix)];
}

/** As `az functionapp list-flexconsumption-locations` asks. */
async function checkFlex({ arm, target, region }: Survey): Promise<readonly Finding[]> {
  const check = 'Flex Consumption';
  const path = `/subscriptions/${target.subscriptionId}/providers/Microsoft.Web/geoRegions`;
  const reading = await arm.list(path, '2023-12-01&sku=FlexConsumption', GeoRegion);
  if (reading.kind !== 'ok') return [unread(check, region, reading, READER)];
  const found = reading.value.find(({ name }) => regionName(name) === region);
  const list = 'az functionapp list-flexconsumption-locations -o table shows the regions';
  if (found === undefined) {
    return [
      fail(check, region, 'this region does not have it', `${list}; the HSMs must be in the same one.`),
    ];
  }
  if (target.zoneRedundantApps && !(found.properties?.orgDomain ?? '').includes('FCZONEREDUNDANCY')) {
    const fix = `In infra/main.bicepparam: param zoneRedundantApps = false. ${list} (--zone-redundant).`;
    return [fail(check, region, 'it is not zone-redundant here', fix)];
  }
  return [ok(check, region, 'the region has it')];
}

/** https://learn.microsoft.com/rest/api/storagerp/skus/list */
async function checkRedundancy({ arm, target, region }: Survey): Promise<readonly Finding[]> {
  const check = 'storage redundancy';
  const path = `/subscriptions/${target.subscriptionId}/providers/Microsoft.Storage/skus`;
  const reading = await arm.list(path, '2023-05-01', Sku);
  if (reading.kind !== 'ok') return [unread(check, region, reading, READER)];
  const here = reading.value.filter(
    ({ kind, locations }) =>
      same(kind ?? '', 'StorageV2') && (locations ?? []).some((location) => regionName(location) === region),
  );
  const free = here.filter(({ restrictions }) => (restrictions ?? []).length === 0).map(({ name }) => name);
  const uses = [
    ['backupStorage.skuName', target.backupSku],
    ['hostStorageSkuName', target.hostSku],
  ] as const;
  return uses.map(([parameter, sku]) => {
    if (free.some((name) => same(name, sku))) return ok(check, parameter, sku);
    const listed = free.filter((name) => name.startsWith('Standard_')).join(', ');
    if (listed === '') {
      return unknown(
        check,
        parameter,
        `Azure lists no redundancy for ${region}`,
        'Repeat once Microsoft.Storage is registered.',
      );
    }
    const fix = `In infra/main.bicepparam, one that the region has: ${listed}.`;
    return fail(check, parameter, `${region} does not have ${sku} for this subscription`, fix);
  });
}
