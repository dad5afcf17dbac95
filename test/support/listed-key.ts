/** Builders of list entries and catalogue entries. Times are epoch milliseconds. */

import type { ListedKey } from '../../src/core/model/key.ts';
import type { CatalogueEntry } from '../../src/features/recovery-points/catalogue.ts';

export const CREATED = Date.UTC(2026, 0, 1);

/** A key as the list shows it. */
export function listedKey(
  change: {
    name?: string;
    managed?: boolean;
    tags?: Record<string, string>;
    updatedAt?: number;
    createdAt?: number;
  } = {},
): ListedKey {
  return {
    name: change.name ?? 'orders',
    managed: change.managed ?? false,
    tags: change.tags ?? {},
    attributes: {
      enabled: true,
      createdAt: change.createdAt ?? CREATED,
      updatedAt: change.updatedAt ?? CREATED,
    },
  };
}

/** The newest good backup of a key. */
export function catalogueEntry(
  change: {
    key?: string;
    capturedAt?: number;
    updatedAt?: number;
    createdAt?: number;
    runId?: string;
    blob?: string;
  } = {},
): CatalogueEntry {
  const key = change.key ?? 'orders';
  const capturedAt = change.capturedAt ?? CREATED + 60_000;
  return {
    blob: change.blob ?? `contoso/${key}/${capturedAt}`,
    storedAt: capturedAt,
    record: {
      format: 1,
      hsm: 'contoso',
      key,
      keyId: `${key}/${'a'.repeat(32)}`,
      createdAt: change.createdAt ?? CREATED,
      updatedAt: change.updatedAt ?? CREATED,
      capturedAt,
      sha256: '0'.repeat(64),
      bytes: 1,
      runId: change.runId ?? 'run-1',
      versions: [{ version: 'a'.repeat(32) }],
    },
  };
}
