/** The addresses of one Managed HSM: its own, and one for each of its regions. */

/** Labels of the domain of a cloud's Managed HSMs: `managedhsm.azure.net`, `managedhsm.usgovcloudapi.net`, `managedhsm.azure.cn`. */
const DOMAIN_LABELS = 3;

/**
 * The host that stands for the HSM at `url`, whichever of its regions is named: `contoso.northeurope.managedhsm.azure.net` is a
 * region of `contoso.managedhsm.azure.net` (https://learn.microsoft.com/azure/key-vault/managed-hsm/multi-region-replication). Of
 * any other host it is the host itself.
 */
export function hsmHost(url: string): string {
  const { host, hostname } = new URL(url);
  const labels = hostname.toLowerCase().split('.');
  const isManaged = labels.length > DOMAIN_LABELS && labels.at(-DOMAIN_LABELS) === 'managedhsm';
  return isManaged ? [labels[0], ...labels.slice(-DOMAIN_LABELS)].join('.') : host.toLowerCase();
}
