import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.ts';

const GOOD = '{"name":"fabrikam"}';

/** The HSMs of `entries`, read beside one that is good. */
function beside(...entries: readonly string[]) {
  const { hsms, faults } = readConfig({
    WARDEN_HSMS: `[${[GOOD, ...entries].join(',')}]`,
    WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
  });
  return { hsms, faults };
}

describe('an entry of WARDEN_HSMS that is not valid', () => {
  it.each([
    ['a pace of 11', '{"name":"contoso","pace":11}', 'pace'],
    ['a pace in words', '{"name":"contoso","pace":"fast"}', 'pace'],
    ['a member nobody knows', '{"name":"contoso","region":"westeurope"}', 'region'],
    ['an http URL', '{"name":"contoso","url":"http://contoso.managedhsm.azure.net"}', 'https'],
    ['a path in its URL', '{"name":"contoso","url":"https://contoso.managedhsm.azure.net/keys"}', 'no path'],
    ['an empty resource', '{"name":"contoso","resource":""}', 'resource'],
  ])('stays the HSM of its name: %s', (_case, entry, said) => {
    const { hsms, faults } = beside(entry);

    expect(hsms.map(({ name }) => name)).toEqual(['fabrikam', 'contoso']);
    expect(hsms.map(({ fault }) => fault !== undefined)).toEqual([false, true]);
    expect(hsms[1]?.fault).toContain('entry 2');
    expect(faults).toEqual([
      { setting: 'WARDEN_HSMS', found: expect.stringContaining(said), expected: expect.any(String) },
    ]);
  });

  it.each([
    ['no name', '{}'],
    ['a name that no HSM has', '{"name":"my_hsm"}'],
    ['the name of the folder of pinned backups', '{"name":"pinned"}'],
    ['a word', '"contoso"'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['the name of another entry', '{"name":"Fabrikam"}'],
    ['another entry once more', GOOD],
  ])('is an HSM without a name: %s', (_case, entry) => {
    const { hsms } = beside(entry, '{"name":"contoso"}');

    expect(hsms.map(({ name, fault }) => [name, fault === undefined])).toEqual([
      ['fabrikam', true],
      ['unreadable-2', false],
      ['contoso', true],
    ]);
    expect(hsms[1]?.url).toBe('https://unreadable-2.invalid');
  });

  it('takes no name that an HSM has', () => {
    const { hsms } = beside('{}', '{"name":"unreadable-2"}');

    expect(hsms.map(({ name }) => name)).toEqual(['fabrikam', 'unreadable-2-x', 'unreadable-2']);
  });

  it('is never asked at an address that is guessed', () => {
    const { hsms } = beside('{"name":"contoso","url":"contoso"}', '{"name":"my_hsm","pace":99}');

    expect(hsms.slice(1).map(({ url }) => url)).toEqual([
      'https://contoso.invalid',
      'https://unreadable-3.invalid',
    ]);
  });

  it('keeps what seals and audit records know the HSM by', () => {
    const { hsms } = beside(
      '{"name":"contoso","url":"https://c.managedhsm.azure.cn","resource":"r","pace":99}',
    );

    expect(hsms[1]).toMatchObject({ url: 'https://c.managedhsm.azure.cn', resource: 'r' });
  });

  it('that is another address of an HSM makes no second HSM of it, and is reported', () => {
    const { hsms, faults } = beside(
      '{"name":"contoso"}',
      '{"name":"contoso-ne","url":"https://contoso.northeurope.managedhsm.azure.net"}',
      '{"name":"again","url":"https://CONTOSO.managedhsm.azure.net"}',
      '{"name":"china","url":"https://contoso.managedhsm.azure.cn"}',
      '{"name":"one","url":"https://127.0.0.1:8443"}',
      '{"name":"two","url":"https://127.0.0.1:8443"}',
    );

    expect(hsms.map(({ name }) => name)).toEqual(['fabrikam', 'contoso', 'china', 'one', 'two']);
    expect(faults.map(({ found }) => found)).toEqual([
      'contoso-ne at https://contoso.northeurope.managedhsm.azure.net, which is the HSM contoso',
      'again at https://contoso.managedhsm.azure.net, which is the HSM contoso',
    ]);
  });

  it('shows no secret of a URL', () => {
    const { faults } = beside('{"name":"contoso","url":"https://user:hunter2@contoso?sig=hunter2"}');

    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('is no reason to start with none that is valid', () => {
    const settings = { WARDEN_HSMS: 'a, b', WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/' };

    expect(() => readConfig(settings)).toThrow(/entry 1.*entry 2/s);
  });
});
