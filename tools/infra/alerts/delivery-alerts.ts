/** Rules about what keeps people from being told, and work from being done. */
import { type Alert, at, event, line, SOON } from './samples.ts';

export const DELIVERY_ALERTS: Readonly<Record<string, Alert>> = {
  'topic-refuses': {
    promise: 'Events that do not get out are reported by another way.',
    severity: 2,
    ...SOON,
    fires: {
      rows: {
        AppTraces: [line('events wait, the topic does not take them', { hsm: 'contoso', error: 'x' })],
      },
      subject: 'events wait, the topic does not take them',
    },
    alsoFires: [
      'the topic refused an event for good',
      'refused events are kept no more',
      'heartbeat was not accepted',
    ].map((message) => ({ AppTraces: [line(message, { hsm: 'contoso' })] })),
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
};
