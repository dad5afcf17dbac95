/** What every KeyService does, in memory or on a Managed HSM. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyService, Page } from '../../src/core/ports.ts';
import { failureOf } from '../support/errors.ts';

/** How a test makes a key. */
interface KeyToMake {
  readonly keyType?: 'RSA-HSM' | 'EC-HSM' | 'oct-HSM';
  readonly enabled?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A new, empty HSM, what happens to it behind the service's back, and two neighbours. */
export interface KeyServiceWorld {
  readonly service: KeyService;
  /** On another HSM of the same security domain. */
  readonly sibling: KeyService;
  /** On an HSM of another security domain. */
  readonly stranger: KeyService;
  /** Makes a key, or a version of one that exists. */
  createKey(name: string, key?: KeyToMake): Promise<void>;
  deleteKey(name: string): Promise<void>;
  purgeKey(name: string): Promise<void>;
  close?(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Runs the contract of {@link KeyService}; each test has a world of its own. */
export function describeKeyService(name: string, factory: () => Promise<KeyServiceWorld>): void {
  describe(`${name} keeps the contract of a KeyService`, () => {
    let world: KeyServiceWorld;
    let service: KeyService;
    beforeEach(async () => {
      world = await factory();
      service = world.service;
    });
    afterEach(async () => world.close?.());

    it('has one empty page of keys and of soft-deleted keys when there are none', async () => {
      expect(await service.listKeys()).toEqual({ items: [] });
      expect(await service.listDeletedKeys()).toEqual({ items: [] });
    });

    it('lists all active keys in pages of 25, any of which can be asked for again', async () => {
      const names = Array.from({ length: 55 }, (_, n) => `key-${String(n).padStart(2, '0')}`);
      for (const one of names) await world.createKey(one, { keyType: 'oct-HSM' });
      await world.createKey('gone', { keyType: 'oct-HSM' });
      await world.deleteKey('gone');

      const pages = await allPages((next) => service.listKeys(next));
      const again = await service.listKeys(pages[0]?.next);

      expect(pages.map(({ items }) => items.length)).toEqual([25, 25, 5]);
      expect(pages.flatMap(({ items }) => items.map((key) => key.name)).sort()).toEqual(names);
      expect(again.items).toEqual(pages[1]?.items);
    });

    it('lists a key with the attributes of its newest version and its tags', async () => {
      await world.createKey('orders', { tags: { team: 'sales' } });
      await world.createKey('orders', { enabled: false, tags: { team: 'sales' } });
      await world.createKey('bare');
      const newest = await service.getKey('orders');

      const { items } = await service.listKeys();

      const orders = items.find((key) => key.name === 'orders');
      expect(orders?.attributes).toMatchObject({
        enabled: false,
        createdAt: newest.attributes.createdAt,
        updatedAt: newest.attributes.updatedAt,
        recoverableDays: 7,
        recoveryLevel: 'CustomizedRecoverable+Purgeable',
      });
      expect(orders?.tags).toEqual({ team: 'sales' });
      expect(orders?.managed).toBe(false);
      expect(items.find((key) => key.name === 'bare')?.tags).toEqual({});
    });

    it('lists all soft-deleted keys with the time of their purge', async () => {
      const names = Array.from({ length: 12 }, (_, n) => `key-${String(n).padStart(2, '0')}`);
      for (const one of names) await world.createKey(one, { keyType: 'oct-HSM' });
      for (const one of names) await world.deleteKey(one);

      const pages = await allPages((next) => service.listDeletedKeys(next));

      const keys = pages.flatMap(({ items }) => items);
      expect(keys.map((key) => key.name).sort()).toEqual(names);
      for (const key of keys) expect(key.scheduledPurgeAt - key.deletedAt).toBe(7 * DAY_MS);
      expect(await service.listKeys()).toEqual({ items: [] });
    });

    it('lists the versions of a key, oldest first, and none of a key that is not active', async () => {
      await world.createKey('orders', { keyType: 'oct-HSM' });
      const oldest = await service.getKey('orders');
      for (let n = 0; n < 26; n += 1) await world.createKey('orders', { keyType: 'oct-HSM' });
      const newest = await service.getKey('orders');

      const versions = await service.listVersions('orders');

      expect(versions).toHaveLength(27);
      expect(versions[0]?.version).toBe(oldest.version);
      expect(versions.at(-1)?.version).toBe(newest.version);
      expect(await service.listVersions('unknown')).toEqual([]);
    });

    it.each(['RSA-HSM', 'EC-HSM'] as const)(
      'tells the versions of an %s key apart by thumbprint',
      async (keyType) => {
        await world.createKey('orders', { keyType });
        const first = await service.getKey('orders');
        await world.createKey('orders', { keyType });
        const second = await service.getKey('orders');

        expect(first.keyType).toBe(keyType);
        expect(first.version).toMatch(/^[0-9a-f]{32}$/);
        expect(first.thumbprint).toMatch(/^[0-9A-Za-z_-]{43}$/);
        expect(second.thumbprint).not.toBe(first.thumbprint);
        expect(await service.getKey('orders', first.version)).toEqual(first);
      },
    );

    it('has no thumbprint of a symmetric key', async () => {
      await world.createKey('orders', { keyType: 'oct-HSM' });

      const key = await service.getKey('orders');

      expect(key.keyType).toBe('oct-HSM');
      expect(key).not.toHaveProperty('thumbprint');
    });

    it('reads a soft-deleted key with its newest version', async () => {
      await world.createKey('orders', { tags: { team: 'sales' } });
      const active = await service.getKey('orders');
      await world.deleteKey('orders');

      const deleted = await service.getDeletedKey('orders');

      expect(deleted).toMatchObject({
        name: 'orders',
        version: active.version,
        thumbprint: active.thumbprint,
      });
      expect(deleted.tags).toEqual({ team: 'sales' });
      expect(deleted.scheduledPurgeAt - deleted.deletedAt).toBe(7 * DAY_MS);
    });

    it('says key-not-found, with the HSM and the key, whatever asks for a key that is not there', async () => {
      await world.createKey('deleted');
      await world.deleteKey('deleted');
      await world.createKey('active');

      const failures = await Promise.all(
        [
          service.getKey('unknown'),
          service.getKey('deleted'),
          service.getKey('active', 'f'.repeat(32)),
          service.getDeletedKey('unknown'),
          service.getDeletedKey('active'),
          service.backupKey('unknown'),
          service.backupKey('deleted'),
          service.recoverKey('unknown'),
          service.recoverKey('active'),
        ].map(failureOf),
      );

      expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'key-not-found'));
      expect(failures.map(({ hsm }) => hsm)).toEqual(failures.map(() => service.hsm));
      expect(failures[0]?.key).toBe('unknown');
    });

    it('backs a key up as an ASCII compact JWE, also a disabled one', async () => {
      await world.createKey('orders', { enabled: false });

      const backup = Buffer.from(await service.backupKey('orders'));

      const parts = backup.toString('ascii').split('.');
      expect(parts.map((part) => /^[0-9A-Za-z_-]*$/.test(part))).toEqual([true, true, true, true, true]);
      expect(JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString())).toEqual({
        alg: 'dir',
        enc: 'A256CBC-HS512',
        kid: 'backup-protection-key',
      });
    });

    it('restores all versions of a purged key as they were', async () => {
      await world.createKey('orders', { keyType: 'EC-HSM', tags: { team: 'sales' } });
      await world.createKey('orders', { keyType: 'EC-HSM', tags: { team: 'sales' } });
      const versions = await service.listVersions('orders');
      const newest = await service.getKey('orders');
      const backup = await service.backupKey('orders');
      await world.deleteKey('orders');
      await world.purgeKey('orders');

      const restored = await service.restoreKey(backup);

      expect(restored).toMatchObject({
        name: 'orders',
        version: newest.version,
        thumbprint: newest.thumbprint,
      });
      expect(restored.tags).toEqual({ team: 'sales' });
      expect((await service.listVersions('orders')).map(({ version }) => version)).toEqual(
        versions.map(({ version }) => version),
      );
    });

    it('restores into another HSM of the same security domain', async () => {
      await world.createKey('orders');
      const key = await service.getKey('orders');

      const restored = await world.sibling.restoreKey(await service.backupKey('orders'));

      expect(restored).toMatchObject({ version: key.version, thumbprint: key.thumbprint });
      expect((await world.sibling.listKeys()).items.map(({ name }) => name)).toEqual(['orders']);
    });

    it.each([
      ['an active', async () => undefined],
      ['a soft-deleted', async () => world.deleteKey('orders')],
    ])('refuses to restore over %s key', async (_which, prepare) => {
      await world.createKey('orders');
      const backup = await service.backupKey('orders');
      await prepare();

      expect((await failureOf(service.restoreKey(backup))).code).toBe('key-name-conflict');
    });

    it('refuses a backup of another security domain, and one that is damaged', async () => {
      await world.createKey('orders');
      const backup = await service.backupKey('orders');
      await world.deleteKey('orders');
      await world.purgeKey('orders');

      const foreign = await failureOf(world.stranger.restoreKey(backup));
      const damaged = await failureOf(service.restoreKey(backup.subarray(0, backup.length - 60)));

      expect([foreign.code, damaged.code]).toEqual(['backup-foreign', 'backup-foreign']);
    });

    it('recovers a soft-deleted key with all its versions', async () => {
      await world.createKey('orders');
      await world.createKey('orders');
      const versions = await service.listVersions('orders');
      await world.deleteKey('orders');

      const recovered = await service.recoverKey('orders');

      expect(recovered.version).toBe(versions.at(-1)?.version);
      expect(await service.listVersions('orders')).toEqual(versions);
      expect(await service.listDeletedKeys()).toEqual({ items: [] });
    });

    it('stops when the caller has given up', async () => {
      await world.createKey('orders');
      const backup = await service.backupKey('orders');
      const signal = AbortSignal.abort();

      const failures = await Promise.all(
        [
          service.listKeys(undefined, signal),
          service.listDeletedKeys(undefined, signal),
          service.listVersions('orders', signal),
          service.getKey('orders', undefined, signal),
          service.getDeletedKey('orders', signal),
          service.backupKey('orders', signal),
          service.restoreKey(backup, signal),
          service.recoverKey('orders', signal),
        ].map(failureOf),
      );

      expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'aborted'));
    });
  });
}

async function allPages<T>(read: (next?: string) => Promise<Page<T>>): Promise<Page<T>[]> {
  const pages: Page<T>[] = [];
  let next: string | undefined;
  do {
    const page = await read(next);
    pages.push(page);
    next = page.next;
  } while (next !== undefined);
  return pages;
}
