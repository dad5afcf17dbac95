import { describe, expect, it } from 'vitest';
import { run } from './support/cli.ts';

const ID = '0r5kq1w7c2m8xj3v9b6t4n0a1z';

describe('hsm-warden open', () => {
  it.each([
    ['the console', [], 'https://warden.contoso.com/'],
    ['a request', [ID], `https://warden.contoso.com/requests/${ID}`],
  ])('prints where %s is, and opens nothing for a program', async (_, args, url) => {
    const ran = await run(['open', ...args, '--app-url', 'https://warden.contoso.com/x', '-o', 'json']);

    expect([ran.code, JSON.parse(ran.stdout)]).toEqual([0, { url, opened: false }]);
  });

  it('opens nothing for a person who only wants the address', async () => {
    const { stdout } = await run(['open', '--print', '--app-url', 'https://warden.contoso.com'], {
      terminal: true,
    });

    expect(stdout).toContain('https://warden.contoso.com/');
  });

  it('says what is missing when nobody knows where the console is', async () => {
    const environment = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://b.blob.core.windows.net' };
    const { code, stderr } = await run(['open'], { environment });

    expect(code).not.toBe(0);
    expect(stderr).toContain('It is not known where the console is.');
  });

  it('takes no part of an id: the console has a list', async () => {
    expect((await run(['open', 'abc', '--app-url', 'https://warden.contoso.com'])).code).not.toBe(0);
  });
});
