/** Checks one HSM: that it answers, what its clock says, and that this person may do what the warden does. */
import type { Clock, KeyService } from '../../core/ports.ts';
import { sendOnce } from '../connect/http-call.ts';
import { attempt, type Finding, fail, ok, warn } from './check.ts';
import { judgeClock } from './judge-clock.ts';

/** A person waits no longer. */
const TIMEOUT_MS = 15_000;

/** What the checks of an HSM need. */
export interface HsmUnderTest {
  readonly keys: KeyService;
  readonly url: string;
  readonly caPem: string | undefined;
  readonly clock: Clock;
  readonly minRetentionDays: number;
  readonly signal: AbortSignal;
}

/** All checks of one HSM; when it does not answer at all, the others are left out. */
export async function checkHsm(hsm: HsmUnderTest): Promise<readonly Finding[]> {
  const reached = await attempt(
    'HSM reachable',
    hsm.keys.hsm,
    'Check its URL (hsm-warden hsm show), DNS, the private endpoint and the firewall of the HSM.',
    () => reach(hsm),
  );
  if (reached.some(({ result, check }) => result === 'fail' && check === 'HSM reachable')) return reached;
  return [...reached, ...(await checkRights(hsm))];
}

/** Any answer will do, also a refusal: it has the HSM's time. */
async function reach({ keys, url, caPem, clock, signal }: HsmUnderTest): Promise<readonly Finding[]> {
  let date: string | undefined;
  try {
    const call = {
      url: `${url}/keys?api-version=7.4`,
      method: 'GET',
      timeoutMs: TIMEOUT_MS,
      caPem,
      signal,
    } as const;
    date = (await sendOnce(call)).headers.get('date');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fix = 'Check its URL (hsm-warden hsm show), DNS, the private endpoint and the firewall of the HSM.';
    return [fail('HSM reachable', keys.hsm, `${url} does not answer: ${why}`, fix)];
  }
  const reachable = ok('HSM reachable', keys.hsm, url);
  return date === undefined ? [reachable] : [reachable, judgeClock(keys.hsm, Date.parse(date) - clock.now())];
}

async function checkRights({ keys, signal, minRetentionDays }: HsmUnderTest): Promise<readonly Finding[]> {
  const { hsm } = keys;
  const role = (action: string) =>
    `Assign a local role with Microsoft.KeyVault/managedHsm/${action} at /; for the app see hsm-warden roles check.`;
  let name: string | undefined;
  const read = await attempt('may read keys', hsm, role('keys/read/action'), async () => {
    const [key] = (await keys.listKeys(undefined, signal)).items;
    name = key?.name;
    const { recoverableDays, recoveryLevel } = key?.attributes ?? {};
    return [
      ok('may read keys', hsm, 'keys/read'),
      ...retention(hsm, recoverableDays, recoveryLevel, minRetentionDays),
    ];
  });
  const deleted = await attempt(
    'may read deleted keys',
    hsm,
    role('keys/deletedKeys/read/action'),
    async () => {
      await keys.listDeletedKeys(undefined, signal);
      return ok('may read deleted keys', hsm, 'keys/deletedKeys/read');
    },
  );
  const tried = name;
  if (tried === undefined) return [...read, ...deleted];
  const backup = await attempt('may back up keys', hsm, role('keys/backup/action'), async () => {
    await keys.backupKey(tried, signal);
    return ok('may back up keys', hsm, `keys/backup, tried with ${tried}`);
  });
  return [...read, ...deleted, ...backup];
}

function retention(
  hsm: string,
  days: number | undefined,
  level: string | undefined,
  minDays: number,
): readonly Finding[] {
  const fix =
    'Purge protection can be turned on for an existing HSM (az keyvault update-hsm), and never off again.';
  return [
    level?.includes('Purgeable')
      ? warn('purge protection', hsm, 'it is off: whoever may purge can end a soft-deleted key', fix)
      : ok('purge protection', hsm, 'on'),
    days !== undefined && days < minDays
      ? warn(
          'retention',
          hsm,
          `soft-deleted keys are kept for ${days} days`,
          'It is fixed when an HSM is made; watch closely.',
        )
      : ok('retention', hsm, `${days ?? 'unknown'} days`),
  ];
}
