// Which versions of the API the pool answers.
import { unproven } from '../errors.ts';

/**
 * Up to 7.6-preview.2 as accepted in recordings; the newer ones are those of the API specification
 * (https://github.com/Azure/azure-rest-api-specs, specification/keyvault/data-plane/Keys/main.tsp). An operation
 * answers the same in all of them.
 */
const KNOWN: ReadonlySet<string> = new Set([
  '7.0',
  '7.1',
  '7.2-preview',
  '7.2',
  '7.3-preview',
  '7.3',
  '7.4-preview.1',
  '7.4',
  '7.5-preview.1',
  '7.5',
  '7.6-preview.1',
  '7.6-preview.2',
  '7.6',
  '2025-06-01-preview',
  '2025-07-01',
  '2026-01-01-preview',
  '2026-03-01-preview',
  '2026-04-01',
  '2026-07-01-preview',
]);

/**
 * Refuses a request whose `api-version` is missing or unknown: 400 BadParameter (unproven). The specification demands
 * it everywhere; recordings show that links to the next page have none, and that role operations need none (`optional`).
 */
export function checkApiVersion(query: URLSearchParams, optional: boolean): void {
  const version = query.get('api-version') ?? '';
  if (version === '') {
    if (optional || query.has('$skiptoken')) return;
    throw unproven('apiVersionMissing');
  }
  if (!KNOWN.has(version.toLowerCase())) throw unproven('apiVersionUnknown', { version });
}
