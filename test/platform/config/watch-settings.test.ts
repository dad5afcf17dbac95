import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.ts';

const DAY_MS = 86_400_000;
const BASE = { WARDEN_HSMS: 'contoso', WARDEN_STORAGE_CONNECTION: 'UseDevelopmentStorage=true' };

function configOf(environment: Record<string, string>) {
  return readConfig({ ...BASE, ...environment });
}

describe('the settings of the watch', () => {
  it('have defaults', () => {
    const { watch, verify } = configOf({});

    expect(verify).toEqual({ schedule: '0 0 5 * * *', retentionMs: 400 * DAY_MS });
    expect(watch).toEqual({
      schedule: '0 */15 * * * *',
      thresholdsMs: [30, 14, 7, 3, 1, 0.25].map((days) => days * DAY_MS),
      overdueGraceMs: 10_800_000,
      unprotectedAfterMs: 3_600_000,
      minRetentionDays: 30,
      unreachableAfterMs: 600_000,
    });
  });

  it('name a topic and an event hub', () => {
    expect(
      configOf({ WARDEN_TOPIC_URL: 'https://t.eventgrid.azure.net/api/events', WARDEN_AUDIT_HUB: 'audit' }),
    ).toMatchObject({
      topicUrl: 'https://t.eventgrid.azure.net/api/events',
      auditFeed: { hub: 'audit', consumerGroup: '$Default' },
    });
  });

  it.each(['https://localhost:60101/api/events', 'http://127.0.0.1:7073/api/events'])(
    'take an access key for a topic on this machine, %s',
    (url) => {
      const { topicKey } = configOf({ WARDEN_TOPIC_URL: url, WARDEN_TOPIC_KEY: 'TheLocal+DevelopmentKey=' });

      expect(topicKey).toBe('TheLocal+DevelopmentKey=');
    },
  );

  it.each([
    ['a topic in Azure', { WARDEN_TOPIC_URL: 'https://t.eventgrid.azure.net/api/events' }],
    ['a host that only begins like this machine', { WARDEN_TOPIC_URL: 'https://localhost.evil.test/api' }],
    ['no topic', {}],
  ])('refuse an access key for %s, and do not repeat it', (_name, topic) => {
    const read = () => configOf({ ...topic, WARDEN_TOPIC_KEY: 'c2VjcmV0' });

    expect(read).toThrow('WARDEN_TOPIC_KEY');
    expect(read).not.toThrow('c2VjcmV0');
  });

  it('read thresholds in days and hours', () => {
    expect(configOf({ WARDEN_PURGE_THRESHOLDS: '10d, 12h' }).watch.thresholdsMs).toEqual([
      10 * DAY_MS,
      DAY_MS / 2,
    ]);
  });

  it.each([
    ['WARDEN_PURGE_THRESHOLDS', 'soon'],
    ['WARDEN_PURGE_THRESHOLDS', '91d'],
    ['WARDEN_PURGE_THRESHOLDS', '0h'],
    ['WARDEN_WATCH_SCHEDULE', '*/15 * * * *'],
    ['WARDEN_VERIFY_SCHEDULE', 'nightly'],
    ['WARDEN_MIN_RETENTION_DAYS', '6'],
    ['WARDEN_OVERDUE_GRACE_HOURS', '49'],
    ['WARDEN_TOPIC_URL', 'http://t.eventgrid.azure.net/api/events'],
  ])('refuse %s=%s, naming it', (name, value) => {
    expect(() => configOf({ [name]: value })).toThrow(name);
  });
});
