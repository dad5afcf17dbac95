/** The private network: subnets, what may reach what, endpoints and the zones that name them. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import type { Pattern } from '../pattern.ts';
import { endpoints } from './endpoints.ts';

const NETWORK = 'Microsoft.Network/virtualNetworks';
const GROUP = 'Microsoft.Network/networkSecurityGroups';

export function network(facts: Facts): readonly Expected[] {
  const { promise } = facts;
  if (!promise.private) return [];
  return [...(promise.existingSubnets === undefined ? ownNetwork(facts) : []), ...endpoints(facts)];
}

function ownNetwork({ promise, names, id }: Facts): readonly Expected[] {
  const { location, tags, addresses } = promise;
  const [first = '', second = '', third = '', fourth = ''] = quarters(addresses.network);
  const appsGroup = `${names.network}-apps`;
  const endpointsGroup = `${names.network}-endpoints`;
  const everywhere = {
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
  const deny = { priority: 4096, direction: 'Inbound', access: 'Deny', protocol: '*', ...everywhere };
  const appSubnet = (name: string, addressPrefix: string): Pattern => ({
    name,
    properties: {
      addressPrefix,
      // https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#configure-virtual-network-integration
      delegations: [{ name: 'flex-consumption', properties: { serviceName: 'Microsoft.App/environments' } }],
      networkSecurityGroup: { id: id(GROUP, appsGroup) },
    },
  });
  return [
    {
      rule: 'network',
      type: NETWORK,
      name: names.network,
      like: {
        location,
        tags,
        properties: {
          addressSpace: { addressPrefixes: [addresses.network] },
          subnets: [
            appSubnet('backup-app', first),
            appSubnet('recovery-app', second),
            {
              name: 'endpoints',
              properties: {
                addressPrefix: third,
                networkSecurityGroup: { id: id(GROUP, endpointsGroup) },
                // Without this the security group does not count for private endpoints.
                privateEndpointNetworkPolicies: 'Enabled',
              },
            },
            // Also without a drill app: a subnet that one of before still uses cannot be taken away.
            appSubnet('drill-app', fourth),
          ],
        },
      },
    },
    {
      rule: 'security-groups',
      type: GROUP,
      name: endpointsGroup,
      like: {
        location,
        tags,
        properties: {
          securityRules: [
            {
              name: 'allow-apps-and-operators',
              properties: {
                description: /\S/,
                priority: 100,
                direction: 'Inbound',
                access: 'Allow',
                protocol: 'Tcp',
                sourceAddressPrefixes: [first, second, fourth, ...addresses.operators],
                sourcePortRange: '*',
                destinationAddressPrefix: third,
                destinationPortRanges: ['443', '5671', '5672'],
              },
            },
            { name: 'deny-everything-else', properties: deny },
          ],
        },
      },
    },
    {
      rule: 'security-groups',
      type: GROUP,
      name: appsGroup,
      like: {
        location,
        tags,
        properties: {
          securityRules: [{ name: 'deny-inbound', properties: { description: /\S/, ...deny } }],
        },
      },
    },
  ];
}

/** The four quarters of a /24. */
function quarters(network: string): readonly string[] {
  const base = network.replace(/\.\d+\/24$/, '');
  return [0, 64, 128, 192].map((start) => `${base}.${start}/26`);
}
