// How the names of keys compare.

/**
 * The form in which names are compared: identifiers of keys, and so their names, are the same in any letter case, and
 * a key keeps the spelling it was created with.
 * Source: https://learn.microsoft.com/en-us/azure/key-vault/about-keys-secrets-and-certificates ("Object identifiers").
 */
export function foldedName(name: string): string {
  // Names are ASCII (`[0-9a-zA-Z-]`), so no language's rules of letter case play a part.
  return name.toLowerCase();
}
