/** Private endpoints: each leads to the right part of the right thing and has its name in the right zone. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import type { Pattern } from '../pattern.ts';
import { type ServicePart, ZONES } from './zones.ts';

const ENDPOINT = 'Microsoft.Network/privateEndpoints';
const ZONE = 'Microsoft.Network/privateDnsZones';

interface Target {
  readonly name: string;
  readonly id: string;
  readonly part: ServicePart;
  readonly byHand?: boolean;
}

export function endpoints(facts: Facts): readonly Expected[] {
  const { promise } = facts;
  const all = targets(facts);
  return [...all.flatMap((target) => endpoint(facts, target)), ...(promise.dns.byPolicy ? [] : zones(facts))];
}

function targets({ promise, names, apps, id, backupId, hsmId }: Facts): readonly Target[] {
  const storage = 'Microsoft.Storage/storageAccounts';
  const host = (['blob', 'queue', 'table'] as const).flatMap((part) =>
    apps.map((app) => ({ name: names.host[app], id: id(storage, names.host[app]), part })),
  );
  return [
    ...host,
    { name: names.backups, id: backupId(storage, names.backups), part: 'blob' },
    { name: names.topic, id: id('Microsoft.EventGrid/topics', names.topic), part: 'topic' },
    { name: names.namespace, id: id('Microsoft.EventHub/namespaces', names.namespace), part: 'namespace' },
    ...(promise.privateApps
      ? apps.map((app) => ({
          name: names.app[app],
          id: id('Microsoft.Web/sites', names.app[app]),
          part: 'sites' as const,
        }))
      : []),
    ...[...promise.hsms, ...promise.drills]
      .filter((hsm) => hsm.endpoint !== 'none')
      .map((hsm) => ({
        name: hsm.name,
        id: hsmId(hsm),
        part: 'managedhsm' as const,
        byHand: hsm.endpoint === 'manual',
      })),
  ];
}

function endpoint({ promise, names, id }: Facts, target: Target): readonly Expected[] {
  const name = `pe-${target.name}-${target.part}`;
  const zone = ZONES.AzureCloud[target.part];
  const connections: Pattern = [
    {
      name,
      properties: { privateLinkServiceId: target.id, groupIds: [target.part], requestMessage: /\S/ },
    },
  ];
  return [
    {
      rule: 'endpoints',
      type: ENDPOINT,
      name,
      like: {
        location: promise.location,
        tags: promise.tags,
        properties: {
          subnet: {
            id:
              promise.existingSubnets?.endpoints ??
              id('Microsoft.Network/virtualNetworks/subnets', `${names.network}/endpoints`),
          },
          customNetworkInterfaceName: `${name}-nic`,
          privateLinkServiceConnections: target.byHand === true ? [] : connections,
          manualPrivateLinkServiceConnections: target.byHand === true ? connections : [],
        },
      },
    },
    ...(promise.dns.byPolicy
      ? []
      : [
          {
            rule: 'dns',
            type: `${ENDPOINT}/privateDnsZoneGroups`,
            name: `${name}/default`,
            like: {
              properties: {
                privateDnsZoneConfigs: [
                  {
                    name: zone.replaceAll('.', '-'),
                    properties: { privateDnsZoneId: promise.dns.existing[target.part] ?? id(ZONE, zone) },
                  },
                ],
              },
            },
          },
        ]),
  ];
}

/** A zone and its link for each part of a service that has an endpoint, unless the zone exists. */
function zones({ promise, names, id }: Facts): readonly Expected[] {
  const parts: readonly ServicePart[] = [
    'blob',
    'queue',
    'table',
    'topic',
    'namespace',
    'managedhsm',
    ...(promise.privateApps ? (['sites'] as const) : []),
  ];
  const own = parts.filter((part) => promise.dns.existing[part] === undefined);
  const networkId =
    promise.existingSubnets?.endpoints.replace(/\/subnets\/.*$/, '') ??
    id('Microsoft.Network/virtualNetworks', names.network);
  return [
    ...own.flatMap((part) => [
      {
        rule: 'dns',
        type: ZONE,
        name: ZONES.AzureCloud[part],
        like: { location: 'global', tags: promise.tags },
      },
      {
        rule: 'dns',
        type: `${ZONE}/virtualNetworkLinks`,
        name: `${ZONES.AzureCloud[part]}/${networkId.split('/').at(-1)}`,
        like: {
          location: 'global',
          tags: promise.tags,
          properties: {
            registrationEnabled: false,
            resolutionPolicy: 'NxDomainRedirect',
            virtualNetwork: { id: networkId },
          },
        },
      },
    ]),
    ...[...promise.hsms, ...promise.drills]
      .filter((hsm) => hsm.address !== undefined)
      .map((hsm) => ({
        rule: 'dns',
        type: `${ZONE}/A`,
        name: `${ZONES.AzureCloud.managedhsm}/${hsm.name}`,
        like: { properties: { ttl: 300, aRecords: [{ ipv4Address: hsm.address ?? '' }] } },
      })),
  ];
}
