/** The configuration, as far as it may be shown. */
import type { Settings } from '../../api/model.ts';
import { type Resource, useResource } from '../../api/resource.ts';

/** Read once a page. */
export function useSettings(): Resource<Settings> {
  return useResource<Settings>('settings', (api, signal) => api.get('console/settings', {}, signal));
}
