/** The clouds Managed HSM is in: the suffix of HSM names, where people sign in, and how. */

/**
 * By the names that az uses. Suffixes: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 * (DNS suffixes for object identifiers). Authorities: AzureAuthorityHosts of @azure/identity. Resource managers:
 * https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and
 * https://learn.microsoft.com/azure/china/resources-developer-guide
 */
export const CLOUDS = {
  AzureCloud: {
    suffix: 'managedhsm.azure.net',
    authority: undefined,
    resourceManager: 'https://management.azure.com',
    login: 'az login',
  },
  AzureUSGovernment: {
    suffix: 'managedhsm.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    login: 'az cloud set --name AzureUSGovernment && az login',
  },
  AzureChinaCloud: {
    suffix: 'managedhsm.azure.cn',
    authority: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    login: 'az cloud set --name AzureChinaCloud && az login',
  },
} as const;

/** A cloud's name. */
export type CloudName = keyof typeof CLOUDS;
export const CLOUD_NAMES = [
  'AzureCloud',
  'AzureUSGovernment',
  'AzureChinaCloud',
] as const satisfies readonly CloudName[];
