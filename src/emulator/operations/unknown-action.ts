// What the service answers to an action on a key that it does not know: recorded before rotation was shipped.
import { serviceErrors } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import { activeKey } from './key-lookup.ts';

export const unknownAction: Operation = {
  name: 'unknownAction',
  method: 'POST',
  paths: ['/keys/{name}/{action}', '/keys/{name}/{version}/{action}'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'key',
  audit: 'Unknown',
  limit: 'none',
  latency: 'getKey',
  handle(request, state, context) {
    activeKey(request, state, context);
    throw serviceErrors.actionNotSupported(request.params.action ?? '');
  },
};
