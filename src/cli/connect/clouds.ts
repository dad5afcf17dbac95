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
/** The cloud whose HSMs have names like the host of `url`; undefined for another host, or for what is no URL. */
export function cloudOf(url: string | undefined): CloudName | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return CLOUD_NAMES.find((name) => hostname.endsWith(`.${CLOUDS[name].suffix}`));
}

export const CLOUD_NAMES = [
  'AzureCloud',
  'AzureUSGovernment',
  'AzureChinaCloud',
] as const satisfies readonly CloudName[];
