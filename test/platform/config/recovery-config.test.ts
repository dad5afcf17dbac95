/** The recovery's settings: what they become, and every way they can be wrong. */
import { describe, expect, it } from 'vitest';
import { isWardenError } from '../../../src/core/errors.ts';
import { readConfig } from '../../../src/platform/config/config.ts';

const TENANT = '10ca1000-0000-4000-8000-000000000000';
const GOOD = {
  WARDEN_HSMS: 'contoso, contoso-dr',
  WARDEN_BACKUP_URL: 'https://contosobackups.blob.core.windows.net',
  WARDEN_AUTH_TENANT: TENANT,
  WARDEN_AUTH_AUDIENCE: 'api://warden',
};

function problemsOf(change: Record<string, string>): string {
  try {
    readConfig({ ...GOOD, ...change });
  } catch (error) {
    if (isWardenError(error, 'settings-invalid')) return error.message;
    throw error;
  }
  return '';
}

describe('the settings of the recovery', () => {
  it('need only a tenant and an audience', () => {
    expect(readConfig(GOOD).recovery).toEqual({
      trust: {
        tenant: TENANT,
        audience: 'api://warden',
        issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
        jwksUrl: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`,
        scope: 'access_as_user',
      },
      policy: { approvals: 2, groups: [], ttlMs: 86_400_000, rules: [] },
      webhooks: { sources: [], apps: {}, perMinute: 30, autoRequest: false },
      requests: { perRequester: 200, perHsm: 1000, listMs: 90 * 86_400_000 },
      webhookSecrets: {},
      signIn: { approvalMs: 900_000, contexts: {} },
      sharedDomains: [],
    });
  });

  it('may be absent altogether', () => {
    const { WARDEN_HSMS, WARDEN_BACKUP_URL } = GOOD;

    expect(readConfig({ WARDEN_HSMS, WARDEN_BACKUP_URL }).recovery).toBeUndefined();
  });

  it('name the container of the audit log to the apps that only read it, without a tenant', () => {
    const { WARDEN_HSMS, WARDEN_BACKUP_URL } = GOOD;
    const settings = { WARDEN_HSMS, WARDEN_BACKUP_URL, WARDEN_AUDIT_CONTAINER: 'audit-of-contoso' };

    expect(readConfig(settings)).toMatchObject({ auditContainer: 'audit-of-contoso' });
    expect(readConfig(settings).recovery).toBeUndefined();
    expect(readConfig({ WARDEN_HSMS, WARDEN_BACKUP_URL }).auditContainer).toBe('warden-audit');
  });

  it('take a policy, webhooks and shared security domains', () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const { recovery } = readConfig({
      ...GOOD,
      WARDEN_APPROVAL_GROUPS: 'security, key-owner',
      WARDEN_APPROVAL_HOURS: '4',
      WARDEN_APPROVAL_RULES: '[{"pattern":"root-*","approvals":3,"hours":1}]',
      WARDEN_SHARED_DOMAINS: 'contoso+contoso-dr',
      WARDEN_WEBHOOK_SECRETS: JSON.stringify({ alerts: [secret] }),
      WARDEN_WEBHOOK_APPS: JSON.stringify({ watch: [TENANT.toUpperCase()] }),
      WARDEN_AUTO_REQUEST: 'true',
      WARDEN_OPEN_PER_REQUESTER: '7',
      WARDEN_OPEN_PER_HSM: '70',
      WARDEN_LIST_DAYS: '2',
      WARDEN_ORIGIN: 'https://warden.contoso.com/',
    });

    expect(recovery).toMatchObject({
      policy: {
        groups: ['security', 'key-owner'],
        ttlMs: 14_400_000,
        rules: [{ pattern: 'root-*', approvals: 3, ttlMs: 3_600_000 }],
      },
      requests: { perRequester: 7, perHsm: 70, listMs: 2 * 86_400_000 },
      sharedDomains: [['contoso', 'contoso-dr']],
      webhooks: { sources: ['alerts', 'watch'], apps: { watch: [TENANT] }, autoRequest: true },
      origin: 'https://warden.contoso.com',
    });
  });

  it.each([
    {
      name: 'one approval without an override',
      change: { WARDEN_APPROVALS: '1' },
      says: 'without an override',
    },
    {
      name: 'more groups than approvals',
      change: { WARDEN_APPROVAL_GROUPS: 'a,b,c' },
      says: 'each group needs a person of its own',
    },
    {
      name: 'a rule that cannot be met',
      change: { WARDEN_APPROVAL_RULES: '[{"pattern":"a","groups":["a","b","c"]}]' },
      says: 'the rule for a',
    },
    {
      name: 'a rule with an unknown member',
      change: { WARDEN_APPROVAL_RULES: '[{"pattern":"a","n":1}]' },
      says: 'n',
    },
    {
      name: 'http off this machine',
      change: { WARDEN_AUTH_KEYS_URL: 'http://evil.test/keys' },
      says: 'https',
    },
    {
      name: 'an origin with a path',
      change: { WARDEN_ORIGIN: 'https://a.test/b' },
      says: 'scheme, host and port',
    },
    { name: 'no audience', change: { WARDEN_AUTH_AUDIENCE: '' }, says: 'WARDEN_AUTH_AUDIENCE' },
    { name: 'settings without a tenant', change: { WARDEN_AUTH_TENANT: '' }, says: 'WARDEN_AUTH_TENANT' },
    {
      name: 'a short secret',
      change: { WARDEN_WEBHOOK_SECRETS: '{"a":["whsec_AAAA"]}' },
      says: 'WARDEN_WEBHOOK_SECRETS',
    },
  ])('are refused with $name', ({ change, says }) => {
    expect(problemsOf(change)).toContain(says);
  });

  it('start with a domain that names an HSM nobody knows, and report it', () => {
    const { recovery, faults } = readConfig({ ...GOOD, WARDEN_SHARED_DOMAINS: 'contoso+other' });

    expect(recovery).toBeDefined();
    expect(faults).toEqual([
      { setting: 'WARDEN_SHARED_DOMAINS', found: 'other', expected: 'names of WARDEN_HSMS' },
    ]);
  });

  it('show all faults together, also without a tenant', () => {
    const message = problemsOf({
      WARDEN_AUTH_TENANT: '',
      WARDEN_AUTH_AUDIENCE: '',
      WARDEN_APPROVALS: '1',
    });

    for (const setting of ['AUTH_TENANT', 'AUTH_AUDIENCE', 'APPROVALS'])
      expect(message).toContain(`WARDEN_${setting}`);
  });

  it.each(['{"a":["whsec_hunter2"]}', 'hunter2', '{"a":"hunter2"}'])(
    'never repeat a webhook secret',
    (text) => {
      const message = problemsOf({ WARDEN_WEBHOOK_SECRETS: text });

      expect(message).toContain('WARDEN_WEBHOOK_SECRETS');
      expect(message).not.toContain('hunter2');
    },
  );

  it('take a single approval under an override, also one that has ended: the gate judges that', () => {
    const change = { WARDEN_APPROVALS: '1', WARDEN_APPROVAL_OVERRIDE_UNTIL: '2020-01-01T00:00:00Z' };

    expect(readConfig({ ...GOOD, ...change }).recovery?.policy).toMatchObject({
      approvals: 1,
      overrideUntil: Date.UTC(2020, 0, 1),
    });
  });
});
