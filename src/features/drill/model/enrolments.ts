/** Ciphertexts that owners of symmetric keys have made of the challenge: a drill lets the restored key open them. */
import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../../core/documents/update-document.ts';
import { NameMap } from '../../../core/model/key-name.ts';

const Bytes = z.base64url();

/** One ciphertext, and how it is opened. */
export const Enrolment = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{32}$/),
  operation: z.enum(['decrypt', 'unwrapKey']),
  algorithm: z.string().min(1),
  value: Bytes,
  iv: Bytes.exactOptional(),
  tag: Bytes.exactOptional(),
  aad: Bytes.exactOptional(),
  enrolledAt: z.int().nonnegative(),
});
export type Enrolment = z.infer<typeof Enrolment>;

const Enrolments = z.strictObject({
  format: z.literal(1),
  hsm: z.string().min(1),
  /** By key. */
  keys: z.record(z.string(), z.array(Enrolment)),
});

const DOCUMENT: DocumentType<'drill-enrolments', z.infer<typeof Enrolments>> = {
  kind: 'drill-enrolments',
  schema: Enrolments,
  name: ({ hsm }) => `What owners enrolled for drills of HSM ${hsm}`,
  advice: 'Delete it, and let the owners of symmetric keys enrol them again: hsm-warden drill enroll.',
  check: ({ hsm }, address) => (hsm === address.hsm ? undefined : `it is of HSM ${hsm}`),
};

/** What is enrolled for the keys of an HSM, by key. Fails with `state-corrupt` or a storage code. */
export async function readEnrolments(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly Enrolment[]>> {
  const { value } = await readDocument(store, DOCUMENT, { kind: 'drill-enrolments', hsm }, signal);
  return new NameMap(Object.entries(value?.keys ?? {}));
}

/** Adds to what is enrolled for a key; of one version the last stays. Fails as {@link updateDocument}. */
export async function saveEnrolments(
  store: DocumentStore,
  hsm: string,
  key: string,
  enrolments: readonly Enrolment[],
  signal?: AbortSignal,
): Promise<void> {
  await updateDocument(
    store,
    DOCUMENT,
    { kind: 'drill-enrolments', hsm },
    (known) => {
      const keys = new NameMap(Object.entries(known?.keys ?? {}));
      const versions = new Map((keys.get(key) ?? []).map((one) => [one.version, one]));
      for (const one of enrolments) versions.set(one.version, one);
      keys.set(key, [...versions.values()]);
      return { format: 1 as const, hsm, keys: Object.fromEntries(keys) };
    },
    signal,
  );
}
