import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startHost } from '../../src/local/host/host.ts';
import { createMemoryScheduleStore } from '../../src/local/host/timer/schedule-store.ts';
import { LOCAL_AUDIENCE, LOCAL_TENANT, startIssuer } from '../../src/local/issuer/issuer.ts';
import { logMisconfigured } from '../../src/platform/misconfigured.ts';

let written: string[] = [];

beforeEach(() => {
  written = [];
  for (const name of Object.keys(process.env)) if (name.startsWith('WARDEN_')) vi.stubEnv(name, undefined);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Starts an app as deployed, with nothing set but `settings`. */
async function start(entry: 'main' | 'recovery-main', settings: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const host = await startHost({
    entry: new URL(`../../functions/${entry}.ts`, import.meta.url),
    hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    httpPort: 0,
    queues: false,
    timers: false,
    scheduleStore: createMemoryScheduleStore(),
  });
  onTestFinished(() => host.stop(0));
  return host;
}

/** A recovery app whose people are known, with one bad setting. */
async function startRecovery() {
  const issuer = await startIssuer({ port: 0, now: Date.now });
  onTestFinished(() => issuer.stop());
  const host = await start('recovery-main', {
    WARDEN_HSMS: 'contoso',
    WARDEN_BACKUP_URL: 'https://contoso.blob.core.windows.net',
    WARDEN_PACE: '99',
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.url,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
  });
  const health = (token?: string) =>
    fetch(
      `${host.url}/api/health`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
  return { host, issuer, health };
}

describe('an app with bad settings', () => {
  it.each(['main', 'recovery-main'] as const)(
    'functions/%s.ts serves only its health, with the number of problems',
    async (entry) => {
      const host = await start(entry, { WARDEN_PACE: '99', WARDEN_TYPO: '1' });

      const answer = await fetch(`${host.url}/api/health`);

      expect(host.functions).toEqual(['health']);
      expect([answer.status, await answer.json()]).toEqual([
        503,
        { status: 'misconfigured', problemCount: 4 },
      ]);
    },
  );

  it('writes one line of level error with every problem', async () => {
    await start('main', { WARDEN_PACE: '99', WARDEN_TYPO: '1' });

    const lines = written.join('').trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      count: 4,
      problems: [
        expect.stringContaining('WARDEN_TYPO: found'),
        expect.stringContaining('WARDEN_PACE: found'),
        expect.stringContaining('WARDEN_HSMS: found nothing'),
        expect.stringContaining('WARDEN_BACKUP_URL: found nothing'),
      ],
    });
  });

  it('without a tenant for the recovery says that', async () => {
    const valid = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://contoso.blob.core.windows.net' };
    const host = await start('recovery-main', valid);

    expect(await (await fetch(`${host.url}/api/health`)).json()).toMatchObject({ problemCount: 1 });
    expect(written.join('')).toContain('The recovery needs WARDEN_AUTH_TENANT');
  });

  it('shows people with a role what is wrong, and nobody else', async () => {
    const { issuer, health } = await startRecovery();

    const [anybody, reader, stranger, forged] = await Promise.all([
      health(),
      health(await issuer.token('alice')),
      health(await issuer.token('alice', { roles: [] })),
      health('x'),
    ]);

    expect([anybody.status, await anybody.json()]).toEqual([
      503,
      { status: 'misconfigured', problemCount: 1 },
    ]);
    expect([reader.status, await reader.json()]).toEqual([
      503,
      {
        status: 'misconfigured',
        problemCount: 1,
        problems: [expect.stringContaining('WARDEN_PACE: found "99"')],
      },
    ]);
    expect([stranger.status, forged.status]).toEqual([403, 401]);
  });

  it('believes nobody when the settings of that are bad, too', async () => {
    const host = await start('recovery-main', {
      WARDEN_AUTH_TENANT: 'no guid',
      WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    });

    const answer = await fetch(`${host.url}/api/health`, { headers: { authorization: 'Bearer x' } });

    expect([answer.status, await answer.json()]).toEqual([503, { status: 'misconfigured', problemCount: 3 }]);
  });
});

describe('an app of whose HSMs one has a bad entry', () => {
  const GOOD = { WARDEN_BACKUP_URL: 'https://contoso.blob.core.windows.net' };
  const ONE_BAD = { ...GOOD, WARDEN_HSMS: '[{"name":"contoso"},{"name":"fabrikam","pace":99}]' };

  it('starts with all its functions, and says in one line of level error what is wrong', async () => {
    const sound = await start('main', { ...GOOD, WARDEN_HSMS: 'contoso' });
    expect(written).toEqual([]);
    const host = await start('main', ONE_BAD);

    expect(host.functions).toEqual(sound.functions);
    const lines = written.join('').trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      count: 1,
      problems: [expect.stringMatching(/WARDEN_HSMS: found entry 2, .*fabrikam.*pace/)],
    });
  });
});

describe('the line that lists the problems', () => {
  it.each(['warn', 'WARN', 'Warning', 'forewarned'])(
    'holds no "warn", which the host would take for a warning: %s',
    (word) => {
      const lines: string[] = [];
      logMisconfigured({ problems: [`WARDEN_EXCLUDE: found ${word}`], authenticator: undefined }, (line) => {
        lines.push(line);
      });

      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(/warn/i);
      expect(lines[0]).toMatch(/error/);
      expect(JSON.parse(lines[0] ?? '').problems).toEqual([`WARDEN_EXCLUDE: found ${word}`]);
    },
  );
});
