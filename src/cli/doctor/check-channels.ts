/** Checks the channels to people: that each of their services has accepted something, and still does. */
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { channelStatuses, troubleOf } from '../status/channels.ts';
import { attempt, type Finding, fail, ok } from './check.ts';

/** A finding for each channel of the settings. */
export async function checkChannels(config: Config, store: Store, now: number): Promise<readonly Finding[]> {
  if (config.notify.channels.length === 0) return [];
  return attempt('notify', 'channels', 'Look at the container of the state.', async () =>
    (await channelStatuses(config, store)).map((status) => {
      const { channel, lastAcceptedAt } = status;
      const trouble = troubleOf(status, now);
      return trouble === undefined
        ? ok('notify', channel, `it accepted a message last at ${lastAcceptedAt}`)
        : fail('notify', channel, trouble, `See why, and try it: hsm-warden notify test ${channel}`);
    }),
  );
}
