import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignIn } from '../../src/cli/connect/sign-in.ts';
import { WardenError } from '../../src/core/errors.ts';
import type { Environment } from '../../src/platform/config/config.ts';
import { CliWorld } from './support/cli-world.ts';

const NOW = Date.parse('2026-11-24T02:00:00Z');

/** An error as the identity library throws it. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function signIn(answer: () => Promise<{ token: string; expiresOnTimestamp: number } | null>) {
  return new SignIn({
    credential: { getToken: answer },
    remedy: 'Run: az login',
    now: () => NOW,
    signal: new AbortController().signal,
  });
}

describe('a sign-in', () => {
  it('hands on the token it gets', async () => {
    const token = { token: 'secret', expiresOnTimestamp: NOW + 1 };
    expect(await signIn(async () => token).getToken('scope')).toBe(token);
  });

  it.each([
    ['no token', async () => null, 'You are not signed in. Run: az login'],
    [
      'a token that has expired',
      async () => ({ token: 'x', expiresOnTimestamp: NOW }),
      'You are not signed in any more: the token has expired. Run: az login',
    ],
    [
      'the ten lines of a chain of credentials',
      () => Promise.reject(named('AggregateAuthenticationError', 'EnvironmentCredential …\nAzureCli …')),
      'You are not signed in. Run: az login',
    ],
    [
      'a credential that is not there',
      () => Promise.reject(named('CredentialUnavailableError', 'az is not installed')),
      'You are not signed in. Run: az login',
    ],
    [
      'a refusal of the identity provider',
      () => Promise.reject(named('AuthenticationError', 'AADSTS50076: use multi-factor.\nTrace ID: 1')),
      'You could not be signed in: AADSTS50076: use multi-factor. Run: az login',
    ],
    [
      'a file without a token',
      () => Promise.reject(new WardenError('settings-invalid', { message: 'The file x holds no token.' })),
      'You are not signed in: the file x holds no token. Run: az login',
    ],
  ])('with %s fails in one line', async (_case, answer, message) => {
    await expect(signIn(answer).getToken('scope')).rejects.toMatchObject({ code: 'signed-out', message });
  });

  it('is tried once: the second failure is the first', async () => {
    let asked = 0;
    const one = signIn(async () => {
      asked += 1;
      return null;
    });
    await expect(one.getToken('a')).rejects.toThrow();
    await expect(one.getToken('b')).rejects.toThrow();
    expect(asked).toBe(1);
  });
});

describe('every command of whoever is not signed in', () => {
  let world: CliWorld;
  let environment: Environment;
  beforeAll(async () => {
    world = await CliWorld.start([{ name: 'contoso' }]);
    environment = await world.with({ tokenFile: '/nowhere/token', storageTokenFile: '/nowhere/token' });
  });
  afterAll(() => world?.close());
  const key = ['--hsm-name', 'contoso', '--name', 'orders'];
  it.each([
    [['status']],
    [['watch']],
    [['doctor']],
    [['key', 'list', '--hsm-name', 'contoso']],
    [['key', 'list-deleted', '--hsm-name', 'contoso']],
    [['key', 'show', ...key]],
    [['key', 'recover', ...key]],
    [['key', 'create', ...key]],
    [['backup', 'list']],
    [['backup', 'verify']],
    [['backup', 'run']],
    [['backup', 'restore-all', '--from', 'contoso', '--hsm-name', 'contoso', '--dry-run']],
    [['audit', 'show']],
    [['audit', 'verify']],
  ])('%j answers with the one line and an exit code of its own', async (args) => {
    const { code, stdout, stderr } = await world.run(args, { environment });
    expect(code).toBe(5);
    const said = `${stdout}${stderr}`;
    expect(said).toContain('You are not signed in: ');
    expect(said).toContain('/nowhere/token');
    if (args[0] !== 'doctor') expect(said.trimEnd().split('\n')).toHaveLength(1);
  });
});
