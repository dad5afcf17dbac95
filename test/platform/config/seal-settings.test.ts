/** The settings of the seals: what they are read into, and what is refused. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';

const AZURE = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net' };
const KEY_URL = `https://vault.vault.azure.net/keys/warden-backup/${'a'.repeat(32)}`;
const { pin } = new MemorySealer(new ManualClock());
const pins = (...keys: unknown[]) => JSON.stringify({ deployment: 'prod', keys });

function read(settings: Record<string, string>) {
  return () => readConfig({ ...AZURE, ...settings });
}

describe('the settings of the seals', () => {
  it('may be absent: then nothing is sealed', () => {
    expect(read({})().seals).toBeUndefined();
  });

  it('name pinned keys by their coordinates or by the URL of a key version', () => {
    const named = { app: 'recovery', url: KEY_URL };

    const { seals } = read({ WARDEN_SEAL_KEY_URL: KEY_URL, WARDEN_SEAL_PUBLIC_KEYS: pins(pin, named) })();

    expect(seals).toEqual({ deployment: 'prod', keys: [pin, named], keyUrl: KEY_URL });
  });

  it('let a process verify that may not seal', () => {
    expect(read({ WARDEN_SEAL_PUBLIC_KEYS: pins(pin) })().seals).not.toHaveProperty('keyUrl');
  });

  it.each([
    [
      'a key that nobody could verify',
      { WARDEN_SEAL_KEY_URL: KEY_URL },
      'WARDEN_SEAL_PUBLIC_KEYS: found nothing',
    ],
    [
      'the URL of a key without its version',
      { WARDEN_SEAL_KEY_URL: KEY_URL.slice(0, -33), WARDEN_SEAL_PUBLIC_KEYS: pins(pin) },
      'expected https://{vault}/keys/{name}/{version}',
    ],
    ['no key at all', { WARDEN_SEAL_PUBLIC_KEYS: pins() }, 'WARDEN_SEAL_PUBLIC_KEYS'],
    [
      'coordinates that are no point of the curve',
      { WARDEN_SEAL_PUBLIC_KEYS: pins({ ...pin, x: pin.y, y: pin.x }) },
      'WARDEN_SEAL_PUBLIC_KEYS',
    ],
    [
      'a member that nobody knows',
      { WARDEN_SEAL_PUBLIC_KEYS: pins({ ...pin, form: 1 }) },
      'WARDEN_SEAL_PUBLIC_KEYS',
    ],
    [
      'a vault elsewhere beside the certificate authority of an emulator',
      {
        WARDEN_HSMS: 'contoso=https://127.0.0.1:8443',
        WARDEN_CA_FILE: '/ca.pem',
        WARDEN_SEAL_KEY_URL: KEY_URL,
        WARDEN_SEAL_PUBLIC_KEYS: pins(pin),
      },
      'WARDEN_SEAL_KEY_URL: found https://vault',
    ],
  ])('refuse %s', (_, settings, problem) => {
    expect(read(settings)).toThrow(problem);
  });
});

it('an HSM is sealed by its resource where one is set, otherwise by its URL', () => {
  const text =
    '[{"name":"contoso","url":"https://a.managedhsm.azure.cn"},{"name":"fabrikam","resource":"hsm-b"}]';

  expect(readConfig({ ...AZURE, WARDEN_HSMS: text }).hsms.map(({ resource }) => resource)).toEqual([
    'https://a.managedhsm.azure.cn',
    'hsm-b',
  ]);
});

describe('the key of the drills that must fail', () => {
  const SAME = `${KEY_URL}, whose seals count`;

  it.each([
    ['a key of its own', { WARDEN_DRILL_FAULT_KEY_URL: KEY_URL.replace('warden-backup', 'faults') }, []],
    [
      'the key that the app seals with',
      {
        WARDEN_DRILL_FAULT_KEY_URL: KEY_URL,
        WARDEN_SEAL_KEY_URL: KEY_URL,
        WARDEN_SEAL_PUBLIC_KEYS: pins(pin),
      },
      [SAME],
    ],
    [
      'a pinned key',
      {
        WARDEN_DRILL_FAULT_KEY_URL: KEY_URL,
        WARDEN_SEAL_PUBLIC_KEYS: pins({ app: 'backup', url: KEY_URL }),
      },
      [SAME],
    ],
  ])('%s: what is wrong with it is reported, and stops no app', (_, settings, found) => {
    const { faults, drill } = read(settings)();

    expect(faults.map((one) => one.found)).toEqual(found);
    expect(drill.faultKeyUrl).toBe(settings.WARDEN_DRILL_FAULT_KEY_URL);
  });

  it('is refused beside the certificate authority of an emulator, when it is elsewhere', () => {
    const settings = {
      WARDEN_HSMS: 'contoso=https://127.0.0.1:8443',
      WARDEN_CA_FILE: '/ca.pem',
      WARDEN_DRILL_FAULT_KEY_URL: KEY_URL,
    };

    expect(read(settings)).toThrow('WARDEN_DRILL_FAULT_KEY_URL');
  });
});
