/**
 * What `environment()` answers in each cloud, as far as the deployment asks.
 * https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-deployment#environment
 */

/** A cloud, as the deployment sees it. */
export interface Cloud {
  readonly name: 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud';
  readonly suffixes: {
    readonly storage: string;
    readonly keyvaultDns: string;
    readonly sqlServerHostname: string;
  };
  readonly authentication: { readonly loginEndpoint: string };
}

/** The public cloud, which every prediction is judged for. */
export const PUBLIC_CLOUD: Cloud = {
  name: 'AzureCloud',
  suffixes: {
    storage: 'core.windows.net',
    keyvaultDns: '.vault.azure.net',
    sqlServerHostname: '.database.windows.net',
  },
  authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
};

/** The sovereign clouds, for which names and suffixes are judged as well. */
export const SOVEREIGN_CLOUDS: readonly Cloud[] = [
  {
    name: 'AzureUSGovernment',
    suffixes: {
      storage: 'core.usgovcloudapi.net',
      keyvaultDns: '.vault.usgovcloudapi.net',
      sqlServerHostname: '.database.usgovcloudapi.net',
    },
    authentication: { loginEndpoint: 'https://login.microsoftonline.us/' },
  },
  {
    name: 'AzureChinaCloud',
    suffixes: {
      storage: 'core.chinacloudapi.cn',
      keyvaultDns: '.vault.azure.cn',
      sqlServerHostname: '.database.chinacloudapi.cn',
    },
    authentication: { loginEndpoint: 'https://login.chinacloudapi.cn/' },
  },
];
