/** One event of each kind that the drills report. */
import { type CloudEvent, eventIdOf } from '../../src/core/events/cloud-event.ts';
import { toCloudEvent } from '../../src/core/events/define-event.ts';
import { DRILL_EVENTS } from '../../src/features/drill/events.ts';

/** By kind, each as its schema has it; `at`: when everything in them happened, ISO 8601. */
export function drillSamples(at: string): (readonly [string, CloudEvent])[] {
  const reasons = ['The restored key has another modulus than the backup promised.', 'It could not be used.'];
  const ended = {
    hsm: 'contoso-drill',
    runId: 'drill-1',
    startedAt: at,
    endedAt: at,
    planned: 3,
    proven: 2,
  };
  const counts = { metadataOnly: 1, failed: 0, blocked: 0, residue: 0 };
  const data: Record<string, Record<string, unknown>> = {
    'drill-failed': {
      ...{ hsm: 'contoso', key: 'payments-data', severity: 'critical', drillHsm: 'contoso-drill' },
      ...{
        blob: 'contoso/payments-data/20261124T020000123Z-0123456789abcdef0123456789abcdef.keybackup',
        capturedAt: at,
        drilledAt: at,
        reasons,
        advice: 'Keep the key.',
      },
    },
    'drill-proven': {
      ...{ hsm: 'contoso', key: 'payments-data', severity: 'info', drillHsm: 'contoso-drill' },
      ...{ blob: 'contoso/payments-data/x.keybackup', capturedAt: at, drilledAt: at, verdict: 'proven' },
    },
    'drill-overdue': {
      ...{ hsm: 'contoso', severity: 'high', drillHsm: 'contoso-drill', keys: 12, named: ['payments-data'] },
      ...{ oldestDays: 40, everyDays: 30 },
    },
    'drill-caught-up': { hsm: 'contoso', severity: 'info', drillHsm: 'contoso-drill', everyDays: 30 },
    'drill-refused': {
      ...{
        hsm: 'contoso-drill',
        severity: 'high',
        reasons: ['It holds keys that no drill made.'],
        residue: 2,
      },
    },
    'drill-broken': {
      ...{ hsm: 'contoso-drill', severity: 'critical', passed: ['A backup of another key.'], drilledAt: at },
    },
    'drill-trusted': { hsm: 'contoso-drill', severity: 'info', drilledAt: at },
    'drill-ended': { ...ended, ...counts, severity: 'info' },
  };
  return DRILL_EVENTS.map(({ kind, type, schema }) => {
    const { hsm = '', key } = data[kind] ?? {};
    const subject = `hsms/${hsm}${key === undefined ? '' : `/keys/${key}`}`;
    const event = toCloudEvent({ id: eventIdOf(kind), type, subject, time: at, data: data[kind] ?? {} });
    schema.parse(event);
    return [kind, event];
  });
}
