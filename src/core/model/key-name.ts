/** Key names are compared without regard to case, as the service compares them: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */

/** Whether two names mean the same key of an HSM. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
