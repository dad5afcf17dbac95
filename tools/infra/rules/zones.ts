/** Private DNS zones by cloud, from https://learn.microsoft.com/azure/private-link/private-endpoint-dns. */
import type { Cloud } from '../clouds.ts';
import { ofType, type Snapshot } from '../snapshot.ts';

/** The part of a service that an endpoint leads to. */
export type ServicePart = 'blob' | 'queue' | 'table' | 'topic' | 'namespace' | 'managedhsm' | 'sites';

export const ZONES: Readonly<Record<Cloud['name'], Readonly<Record<ServicePart, string>>>> = {
  AzureCloud: {
    blob: 'privatelink.blob.core.windows.net',
    queue: 'privatelink.queue.core.windows.net',
    table: 'privatelink.table.core.windows.net',
    topic: 'privatelink.eventgrid.azure.net',
    namespace: 'privatelink.servicebus.windows.net',
    managedhsm: 'privatelink.managedhsm.azure.net',
    sites: 'privatelink.azurewebsites.net',
  },
  AzureUSGovernment: {
    blob: 'privatelink.blob.core.usgovcloudapi.net',
    queue: 'privatelink.queue.core.usgovcloudapi.net',
    table: 'privatelink.table.core.usgovcloudapi.net',
    topic: 'privatelink.eventgrid.azure.us',
    namespace: 'privatelink.servicebus.usgovcloudapi.net',
    managedhsm: 'privatelink.managedhsm.usgovcloudapi.net',
    sites: 'privatelink.azurewebsites.us',
  },
  AzureChinaCloud: {
    blob: 'privatelink.blob.core.chinacloudapi.cn',
    queue: 'privatelink.queue.core.chinacloudapi.cn',
    table: 'privatelink.table.core.chinacloudapi.cn',
    topic: 'privatelink.eventgrid.azure.cn',
    namespace: 'privatelink.servicebus.chinacloudapi.cn',
    managedhsm: 'privatelink.managedhsm.azure.cn',
    sites: 'privatelink.chinacloudsites.cn',
  },
};

/** In a sovereign cloud no zone and no address is one of the public cloud. `snapshot` is a prediction for that cloud. */
export function checkCloud(snapshot: Snapshot, cloud: Cloud): readonly string[] {
  const expected = Object.values(ZONES[cloud.name]);
  const strange = ofType(snapshot, 'Microsoft.Network/privateDnsZones').filter(
    ({ name }) => !expected.includes(name),
  );
  const foreign = /\.core\.windows\.net|\.azurewebsites\.net|login\.microsoftonline\.com/;
  return [
    ...strange.map(({ name }) => `clouds: ${name} is no zone of ${cloud.name}`),
    ...snapshot.predictedResources
      .filter(({ name, properties }) => foreign.test(JSON.stringify({ name, properties })))
      .map(
        ({ type, name }) => `clouds: ${type} ${name} names an address of the public cloud in ${cloud.name}`,
      ),
  ];
}
