import { describe, expect, it } from 'vitest';
import { LogSink } from '../../../src/adapters/events/log-sink.ts';
import type { CloudEvent } from '../../../src/core/events/cloud-event.ts';
import { SEVERITY_OF } from '../../../src/platform/compose-bus.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const EVENT: CloudEvent = {
  specversion: '1.0',
  id: '1',
  source: '/hsm-warden',
  type: 'HsmWarden.PurgeProtectionOff',
  subject: 'hsms/contoso',
  time: '2026-11-24T12:00:00.000Z',
  datacontenttype: 'application/json',
  data: { hsm: 'contoso', severity: 'warning', recoveryLevel: 'Purgeable' },
};

describe('the log of events', () => {
  it('has every fact of an event beside its type, where the alert rules read them', async () => {
    const logger = new RecordingLogger();
    await new LogSink(SEVERITY_OF).accept([EVENT], { logger });

    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'event',
        fields: {
          id: '1',
          type: 'HsmWarden.PurgeProtectionOff',
          subject: 'hsms/contoso',
          eventTime: '2026-11-24T12:00:00.000Z',
          hsm: 'contoso',
          severity: 'warning',
          recoveryLevel: 'Purgeable',
        },
      },
    ]);
  });
});
