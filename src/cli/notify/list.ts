/** `hsm-warden notify list`: what was sent to people, and what waits. */
import { z } from 'zod';
import type { WardenError } from '../../core/errors.ts';
import { ChannelName } from '../../features/notify/model/channel-entry.ts';
import type { ChannelState, Pending, Receipt } from '../../features/notify/model/channel-state.ts';
import { type ChannelRead, readEachChannel } from '../../features/notify/model/read-channel.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { momentCell, when } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { chosenChannels, doubtsAbout } from './channels.ts';

export const notifyList = defineCommand({
  path: 'notify list',
  summary: 'List what was sent to people, and what waits to be sent',
  details: [
    'Each message with its attempts, newest first: those that wait, and the last 200 that ended on each channel. `accepted` is what the service answered; whether anybody has read the message, it does not say.',
    'Every attempt, with its time and answer, is in -o json. Channels that fail are named at the end, and the exit code is 1 then. It is 2 where the messages of a channel cannot be read: those of the others are shown.',
  ],
  arguments: [{ name: '[channel]', description: 'only this channel of the settings' }],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden notify list', 'hsm-warden notify list ops -o json'],
  schema: z.object({ ...ConnectionOptions, channel: ChannelName.optional() }),
  async run(context, given) {
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const store = openStore(connection, config, context);
    const reads = await readEachChannel(store.state, chosenChannels(config, given.channel));
    const states = reads.flatMap((one) => ('memory' in one ? [one.memory] : []));
    const isUnsure = states.length < reads.length;
    const failing = states.filter(({ failingSince }) => failingSince !== undefined);
    const rows = states.flatMap((state) =>
      [...state.pending.map(waiting), ...state.receipts.map(ended)].map((line) => ({
        channel: state.channel,
        ...line,
      })),
    );
    rows.sort((a, b) => b.at - a.at);
    return {
      data: reads.map((one) => ('memory' in one ? shown(one.memory) : unreadable(one))),
      doubts: doubtsAbout(reads),
      table: {
        columns: ['When', 'Channel', 'Incident', 'Kind', 'State', 'Title'],
        rows: [...rows, ...failing.map(failure)].map(
          ({ at, channel, reference, kind, state, last, title }) => [
            momentCell(at),
            channel,
            reference,
            kind,
            state,
            // Why it was not accepted; that it was, the state says.
            state === 'accepted' || last === '' ? title : `${title} (${last})`,
          ],
        ),
        wraps: true,
      },
      ...(failing.length > 0 ? { exit: 'failed' as const } : isUnsure ? { exit: 'unknown' as const } : {}),
    };
  },
});

/** For programs: nothing is known of it, not even that nothing waits. */
function unreadable({ channel, unreadable: { code, message } }: ChannelRead & { unreadable: WardenError }) {
  return { channel, unknown: { code, message } };
}

function failure({ channel, failingSince = 0, lastError = '', pending }: ChannelState) {
  const title = `the channel accepts nothing; ${pending.length} messages wait`;
  const none = { reference: '', kind: '' };
  return { at: failingSince, channel, ...none, state: 'FAILING', last: lastError, title };
}

function waiting({ message, queuedAt, attempts, tries, alone }: Pending) {
  const { reference, kind } = message;
  const title = titleFor(message.title, alone === true ? message.recipients?.[0] : undefined);
  const state = attempts > 1 ? `waiting, ${attempts} tries` : 'waiting';
  return { at: queuedAt, reference, kind, title, state, last: lastOf(tries) };
}

function ended({ reference, kind, title, receiver, endedAt, outcome, tries }: Receipt) {
  const shown = titleFor(title, receiver);
  return { at: endedAt, reference, kind, title: shown, state: outcome, last: lastOf(tries) };
}

/** With whom it is for, where that is one of several receivers. */
function titleFor(title: string, receiver: string | undefined): string {
  return receiver === undefined ? title : `To ${receiver}: ${title}`;
}

function lastOf(tries: Pending['tries']): string {
  const last = tries.at(-1);
  return last === undefined ? '' : `${last.result}${last.status === undefined ? '' : ` ${last.status}`}`;
}

/** For programs: without what is only for sending. */
function shown({
  channel,
  pending,
  receipts,
  accepted,
  lastAcceptedAt,
  failingSince,
  lastError,
}: ChannelState) {
  const times = (tries: Pending['tries']) => tries.map(({ at, ...rest }) => ({ at: when(at), ...rest }));
  return {
    channel,
    accepted,
    lastAcceptedAt: when(lastAcceptedAt),
    failingSince: when(failingSince),
    lastError,
    waiting: pending.map(({ message, queuedAt, attempts, nextAt, tries, alone }) => ({
      id: message.id,
      reference: message.reference,
      kind: message.kind,
      severity: message.severity,
      title: message.title,
      ...(alone === true ? { receiver: message.recipients?.[0] } : {}),
      queuedAt: when(queuedAt),
      attempts,
      nextAt: when(nextAt),
      tries: times(tries),
    })),
    receipts: receipts.map(({ queuedAt, endedAt, tries, ...receipt }) => ({
      ...receipt,
      queuedAt: when(queuedAt),
      endedAt: when(endedAt),
      tries: times(tries),
    })),
  };
}
