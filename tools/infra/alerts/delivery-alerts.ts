/** Rules about what keeps people from being notified, and work from being done. */
import { type Alert, at, event, line, SOON } from './samples.ts';

const FAILING = 'HsmWarden.NotificationChannelFailing';
const ACCEPTED = 'notification accepted';
const REFUSED = 'notification not accepted';
const GIVEN_UP = 'messages for a channel whose memory could not be written for a day are given up';
const SET_ASIDE = 'a message failed for good and waits in the poison queue';

/** A call to a queue, so many minutes ago. */
function queued(operation: string, minutes: number, queue = 'notifications') {
  return {
    TimeGenerated: at(minutes),
    AccountName: 'stqueues',
    OperationName: operation,
    Uri: `https://stqueues.queue.core.windows.net/${queue}/messages`,
  };
}

export const DELIVERY_ALERTS: Readonly<Record<string, Alert>> = {
  'topic-refuses': {
    promise: 'Events that do not get out are reported by another way.',
    severity: 2,
    ...SOON,
    fires: {
      rows: {
        AppTraces: [line('events wait, the topic does not take them', { waiting: 2, error: 'x' })],
      },
      subject: 'events wait, the topic does not take them',
    },
    alsoFires: [
      line('the topic refused an event for good', { error: 'x' }),
      line('refused events are kept no more', { hsm: 'contoso' }),
      line('heartbeat was not accepted', { hsm: 'contoso', error: 'x' }),
    ].map((row) => ({ AppTraces: [row] })),
    silent: { AppTraces: [event('HsmWarden.Heartbeat')] },
  },
  'poison-queue': {
    promise: 'Work that was given up is reported, whoever gave it up.',
    severity: 1,
    ...SOON,
    fires: {
      rows: {
        StorageQueueLogs: [
          {
            TimeGenerated: at(3),
            OperationName: 'PutMessage',
            Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
          },
        ],
      },
      subject: 'hsm-sweeps-poison',
    },
    silent: {
      StorageQueueLogs: [
        {
          TimeGenerated: at(3),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps/messages',
        },
      ],
    },
  },
  'work-waits': {
    promise: 'Work that was given up is reported every hour while it lies there.',
    severity: 2,
    everyMinutes: 60,
    lookBackMinutes: 120,
    fires: {
      rows: { AppTraces: [line(SET_ASIDE, { queue: 'hsm-sweeps-poison', id: '1', advice: 'x' })] },
      subject: 'hsm-sweeps-poison',
    },
    silent: {
      AppTraces: [
        line(SET_ASIDE, { queue: 'hsm-sweeps-poison', id: '1', advice: 'x' }, 125),
        event('HsmWarden.MessagePoisoned', { queue: 'hsm-sweeps-poison' }),
      ],
    },
  },
  'notifications-wait': {
    promise:
      'Events that nobody takes out of the queue of the notifications are reported while they lie there.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 1440,
    fires: { rows: { StorageQueueLogs: [queued('PutMessage', 26)] }, subject: 'stqueues' },
    alsoFires: [
      // More come, and were taken before the app was stopped.
      { StorageQueueLogs: [queued('DeleteMessage', 60), queued('PutMessage', 50), queued('PutMessage', 3)] },
      // For most of a day.
      { StorageQueueLogs: [queued('PutMessage', 23 * 60)] },
      // Another queue is worked on.
      { StorageQueueLogs: [queued('PutMessage', 26), queued('DeleteMessage', 3, 'hsm-sweeps')] },
    ],
    silent: {
      StorageQueueLogs: [
        queued('PutMessage', 26),
        queued('DeleteMessage', 24),
        queued('PutMessage', 3),
        // Of another queue.
        queued('PutMessage', 40, 'watch-looks'),
      ],
    },
    // Taken; put a moment ago; nothing at all.
    alsoSilent: [
      { StorageQueueLogs: [queued('PutMessage', 40), queued('DeleteMessage', 39)] },
      { StorageQueueLogs: [queued('PutMessage', 24)] },
      {},
    ],
  },
  'audit-feed-silent': {
    promise:
      'What the HSM itself says reaches the app; a feed that brings nothing is reported while it does not.',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 120,
    fires: {
      rows: {
        AppTraces: [
          line('watch looked', { hsm: 'contoso' }, 130),
          line('audit records read', { records: 4, heard: ['contoso'] }, 125),
        ],
      },
      subject: 'contoso',
    },
    alsoFires: [
      {
        AppTraces: [
          line('watch looked', { hsm: 'contoso' }, 130),
          line('audit records read', { records: 4, heard: ['fabrikam'] }, 5),
          line('audit records read', { records: 1, heard: [] }, 5),
        ],
      },
    ],
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso' }, 130),
        line('audit records read', { records: 4, heard: ['fabrikam', 'contoso'] }, 110),
        // Its log goes to the workspace alone.
        line('watch looked', { hsm: 'elsewhere' }, 130),
      ],
    },
    // Not looked at for long enough; looked at by nobody, which no-heartbeat reports.
    alsoSilent: [{ AppTraces: [line('watch looked', { hsm: 'contoso' }, 110)] }, {}],
  },
  'channel-failing': {
    promise: 'A notification channel that takes no messages is reported by another way.',
    severity: 1,
    ...SOON,
    fires: {
      rows: { AppTraces: [event(FAILING, { subject: 'channels/ops', since: at(13), waiting: 2 })] },
      subject: 'channels/ops',
    },
    alsoFires: [
      event('HsmWarden.NotificationMemoryLost', { scope: 'product', copy: 'x' }),
      line('incidents that cannot be read were set aside', { scope: 'product', copy: 'x', error: 'x' }),
      line(GIVEN_UP, { channel: 'ops', messages: ['1'] }),
    ].map((row) => ({ AppTraces: [row] })),
    silent: {
      AppTraces: [
        event('HsmWarden.NotificationChannelWorking', { subject: 'channels/ops' }),
        event(FAILING, { subject: 'channels/ops' }, 35),
        line(REFUSED, { channel: 'ops', result: 'x' }),
      ],
    },
  },
  'channel-silent': {
    promise:
      'Where channels are set up, each accepts its daily test; one that does not is reported while it lasts.',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 48 * 60,
    fires: { rows: { AppTraces: [line(ACCEPTED, { channel: 'ops' }, 28 * 60)] }, subject: 'ops' },
    alsoFires: [
      // The first days were reported to nobody: only what is tried again and again is in the log still.
      { AppTraces: [47, 30, 3].map((hours) => line(REFUSED, { channel: 'ops' }, hours * 60)) },
      // Another channel works.
      {
        AppTraces: [
          line(ACCEPTED, { channel: 'ops' }, 28 * 60),
          line(ACCEPTED, { channel: 'pager' }, 28 * 60),
          line(ACCEPTED, { channel: 'pager' }, 4 * 60),
        ],
      },
    ],
    silent: {
      AppTraces: [
        line(ACCEPTED, { channel: 'ops' }, 30 * 60),
        line(ACCEPTED, { channel: 'ops' }, 26 * 60),
        line(REFUSED, { channel: 'ops' }, 3),
        // Set up lately: its trouble is an event first.
        line(REFUSED, { channel: 'new' }, 60),
        // Not in the settings any more.
        line(ACCEPTED, { channel: 'old' }, 49 * 60),
      ],
    },
  },
};
