/** What azd, the hooks and the command line read of a deployment. */
import type { Facts } from '../facts.ts';
import { differences, type Pattern } from '../pattern.ts';
import { namesOf } from './app-settings.ts';

/** Exactly these outputs, each of the right thing. */
export function checkOutputs(facts: Facts): readonly string[] {
  const { snapshot, promise, names, identity, id } = facts;
  const expected: { readonly [name: string]: Pattern } = {
    HSM_WARDEN_BACKUP_PRINCIPAL: identity('backup').principal,
    HSM_WARDEN_RECOVERY_PRINCIPAL: identity('recovery').principal,
    HSM_WARDEN_HSMS: namesOf(promise.hsms.map(({ name }) => name)),
    HSM_WARDEN_API_URL: `https://ref(${id('Microsoft.Web/sites', names.app.recovery)}).defaultHostName/api`,
    HSM_WARDEN_BACKUP_APP: names.app.backup,
    HSM_WARDEN_RECOVERY_APP: names.app.recovery,
    HSM_WARDEN_CHANNELS: promise.channels.join(','),
    HSM_WARDEN_BACKUP_URL: `https://${names.backups}.blob.core.windows.net`,
    HSM_WARDEN_DRILL_HSMS: namesOf(promise.drills.map(({ name }) => name)),
    ...(promise.drills.length === 0
      ? { HSM_WARDEN_DRILL_APP: '', HSM_WARDEN_DRILL_PRINCIPAL: '', HSM_WARDEN_DRILL_QUEUE_URL: '' }
      : {
          HSM_WARDEN_DRILL_APP: names.app.drill,
          HSM_WARDEN_DRILL_PRINCIPAL: identity('drill').principal,
          HSM_WARDEN_DRILL_QUEUE_URL: `https://${names.host.drill}.queue.core.windows.net`,
        }),
  };
  return differences(snapshot.outputs, expected).map((difference) => `outputs: ${difference}`);
}
