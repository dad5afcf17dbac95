/** What every HsmDirectory must do: a whole list, or a failure. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FoundHsm, HsmDirectory } from '../../src/features/fleet/ports.ts';

/** A directory under test, and what its service sees. */
export interface DirectoryUnderTest {
  readonly directory: HsmDirectory;
  /** What there is, the subscriptions that the caller may read, and how the service fails. */
  see(hsms: readonly FoundHsm[], subscriptions: readonly string[], fault?: DirectoryFault): void;
  close(): Promise<void>;
}
type DirectoryFault = 'status' | 'half' | 'cut' | 'endless' | 'no-row';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';

/** HSMs of one subscription, by their number. */
export function someHsms(count: number, subscription = SUBSCRIPTION): readonly FoundHsm[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `hsm-${String(index).padStart(4, '0')}`;
    return {
      name,
      resource: `/subscriptions/${subscription}/resourceGroups/keys/providers/Microsoft.KeyVault/managedHSMs/${name}`,
      url: `https://${name}.managedhsm.azure.net`,
      location: 'westeurope',
    };
  });
}

/** The contract of {@link HsmDirectory}. The directory searches one management group. */
export function describeHsmDirectory(name: string, make: () => Promise<DirectoryUnderTest>): void {
  describe(`HsmDirectory: ${name}`, () => {
    let made: DirectoryUnderTest;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(() => made.close());
    beforeEach(() => made.see([], [SUBSCRIPTION]));

    it.each([0, 1, 3, 25])('lists %i HSMs, each once, whatever the pages are', async (count) => {
      made.see(someHsms(count), [SUBSCRIPTION]);
      const { hsms, subscriptions } = await made.directory.list();
      expect(hsms.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(someHsms(count));
      expect(subscriptions).toEqual([SUBSCRIPTION]);
    });

    it('says which subscriptions it could read, with and without HSMs', async () => {
      made.see([...someHsms(1), ...someHsms(1, OTHER)], [SUBSCRIPTION]);
      const { hsms, subscriptions } = await made.directory.list();
      expect(hsms).toHaveLength(1);
      expect(subscriptions).not.toContain(OTHER);
    });

    it.each<DirectoryFault>(['status', 'half', 'cut', 'endless', 'no-row'])(
      'fails where the answer is a part: %s',
      async (fault) => {
        made.see(someHsms(4), [SUBSCRIPTION], fault);
        await expect(made.directory.list()).rejects.toMatchObject({ code: 'discovery-failed' });
      },
    );

    it('fails where no subscription can be read', async () => {
      made.see(someHsms(1), []);
      await expect(made.directory.list()).rejects.toMatchObject({ code: 'discovery-failed' });
    });

    it('ends when it is aborted', async () => {
      await expect(made.directory.list(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    });
  });
}
