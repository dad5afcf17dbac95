/** What people look at before they ask: keys, soft-deleted keys and backups, in pages by name. */

import { z } from 'zod';
import { eachPage } from '../../../core/each-page.ts';
import type { BackupStore, Clock, KeyService, Page } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import { backupsOf } from './key-state.ts';

const Time = z.iso.datetime();

/** A key as the API shows it. */
export const KeyView = z.strictObject({
  hsm: z.string(),
  key: z.string(),
  enabled: z.boolean(),
  managed: z.boolean(),
  createdAt: Time,
  updatedAt: Time,
});
export type KeyView = z.infer<typeof KeyView>;

/** A soft-deleted key as the API shows it. */
export const DeletedKeyView = KeyView.extend({ deletedAt: Time, scheduledPurgeAt: Time });
export type DeletedKeyView = z.infer<typeof DeletedKeyView>;

/** A backup as the API shows it: what an ask can name. */
export const BackupView = z.strictObject({
  blob: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  capturedAt: Time,
  storedAt: Time,
  versions: z.int(),
});
export type BackupView = z.infer<typeof BackupView>;

/** What the inventory needs. */
export interface InventoryDeps {
  /** Fails with `hsm-unknown`. */
  readonly keysOf: (hsm: string) => KeyService;
  readonly backups: BackupStore;
  readonly clock: Clock;
}

/** The whole list of an HSM is kept so long: paging through it must not list the HSM again for each page. */
const FRESH_MS = 30_000;

interface Listed<T> {
  readonly at: number;
  readonly items: Promise<readonly T[]>;
}

/** Lists. A page's `next` is the name of its last item: nothing of the service's own paging reaches a caller or comes back from one. */
export class Inventory {
  readonly #deps: InventoryDeps;
  readonly #keys = new Map<string, Listed<KeyView>>();
  readonly #deleted = new Map<string, Listed<DeletedKeyView>>();

  constructor(deps: InventoryDeps) {
    this.#deps = deps;
  }

  /** Active keys by name. Fails with `hsm-unknown` or KeyService codes. */
  async keys(hsm: string, limit: number, after?: string): Promise<Page<KeyView>> {
    const service = this.#deps.keysOf(hsm);
    const list = () =>
      everyPage(hsm, (next) => service.listKeys(next)).then((keys) => keys.map((key) => toView(hsm, key)));
    return pageOf(await this.#listed(this.#keys, hsm, list), limit, after);
  }

  /** Soft-deleted keys by name. Fails with `hsm-unknown` or KeyService codes. */
  async deletedKeys(hsm: string, limit: number, after?: string): Promise<Page<DeletedKeyView>> {
    const service = this.#deps.keysOf(hsm);
    const list = async () =>
      (await everyPage(hsm, (next) => service.listDeletedKeys(next))).map((key) => ({
        ...toView(hsm, key),
        deletedAt: isoTime(key.deletedAt),
        scheduledPurgeAt: isoTime(key.scheduledPurgeAt),
      }));
    return pageOf(await this.#listed(this.#deleted, hsm, list), limit, after);
  }

  /** Backups of a key, newest first. Fails with `hsm-unknown` or storage codes. */
  async backups(hsm: string, key: string): Promise<BackupView[]> {
    this.#deps.keysOf(hsm);
    const found = await backupsOf(this.#deps.backups, hsm, key);
    return found.reverse().map(({ blob, storedAt, record }) => ({
      blob,
      sha256: record.sha256,
      bytes: record.bytes,
      capturedAt: isoTime(record.capturedAt),
      storedAt: isoTime(storedAt),
      versions: record.versions.length,
    }));
  }

  #listed<T>(cache: Map<string, Listed<T>>, hsm: string, list: () => Promise<T[]>): Promise<readonly T[]> {
    const now = this.#deps.clock.now();
    const known = cache.get(hsm);
    if (known !== undefined && now - known.at < FRESH_MS) return known.items;
    const items = list();
    cache.set(hsm, { at: now, items });
    items.catch(() => cache.delete(hsm));
    return items;
  }
}

async function everyPage<T>(hsm: string, read: (next?: string) => Promise<Page<T>>): Promise<T[]> {
  const list = { code: 'hsm-answer-unexpected', what: `the keys of HSM ${hsm}`, hsm } as const;
  const items: T[] = [];
  for await (const page of eachPage(list, read)) items.push(...page.items);
  return items;
}

function toView(
  hsm: string,
  key: {
    name: string;
    managed: boolean;
    attributes: { enabled: boolean; createdAt: number; updatedAt: number };
  },
): KeyView {
  const { enabled, createdAt, updatedAt } = key.attributes;
  return {
    hsm,
    key: key.name,
    enabled,
    managed: key.managed,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}

function pageOf<T extends KeyView>(all: readonly T[], limit: number, after: string | undefined): Page<T> {
  const sorted = all.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > limit && last !== undefined ? { items, next: last.key } : { items };
}
