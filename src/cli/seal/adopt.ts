/** `hsm-warden seal adopt`: asks that a backup without a seal, of a key that is gone, counts as a recovery point. */
import { z } from 'zod';
import { defineCommand } from '../frame/define.ts';
import { ASK_INTERRUPTED, Asking, KEY_OPTIONS, REASON_OPTION } from '../recovery/asking.ts';
import { API_OPTIONS, ApiOptions, openApi } from '../recovery/open-api.ts';
import { viewAnswer } from '../recovery/show-view.ts';

export const sealAdopt = defineCommand({
  path: 'seal adopt',
  summary: 'Ask that a backup without a seal counts as a recovery point',
  details: [
    'For backups of purged keys from before sealing was switched on: a key that still exists is backed up again. One backup at a time. The app looks at it, shows what it holds and how it agrees with what is known, and waits for the approvals that the policy wants (recovery approve). The decision names the blob, its version and its hash, and is sealed.',
  ],
  format: 'table',
  options: [
    ...KEY_OPTIONS,
    { flags: '--backup <blob>', description: 'the backup, as backup list --all names it' },
    REASON_OPTION,
    ...API_OPTIONS,
  ],
  examples: [
    "hsm-warden seal adopt --hsm contoso --key payments-data --backup contoso/payments-data/20260101T020000000Z-0001.backup --reason 'from before sealing, ticket 4711'",
  ],
  interrupted: ASK_INTERRUPTED,
  schema: z.object({
    ...ApiOptions,
    ...Asking,
    backup: z.string('expected the name of a backup').min(1),
  }),
  async run(context, given) {
    const { hsm, key, backup, reason } = given;
    const api = await openApi(context, given);
    return viewAnswer(await api.ask({ hsm, key, backup, reason, action: 'adopt' }));
  },
});
