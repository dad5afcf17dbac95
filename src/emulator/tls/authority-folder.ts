// Keeps the authority and the issuer's key in a folder, so that several emulators (and restarts) share them.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createAuthority, createIssuerKey } from './certificates.ts';

const Authority = z.object({ certificate: z.string(), key: z.string(), issuerKey: z.string() });

/** What emulators that trust each other have in common. All PEM. */
export type Authority = z.infer<typeof Authority>;

const SECRETS = 'authority.json';
const CERTIFICATE = 'ca.pem';

/**
 * Reads the folder's authority or makes it. Processes that start at the same time end with the same one: the file
 * comes into being whole, and who comes second takes what is there. `now` is the machine's time, epoch milliseconds.
 */
export async function openAuthority(
  folder: string,
  now: number,
): Promise<Authority & { readonly caFile: string }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, SECRETS);
  const authority = (await readIfThere(file)) ?? (await make(folder, file, now));
  const caFile = join(folder, CERTIFICATE);
  // Put in place whole: a client of another emulator may be reading it.
  const draft = `${caFile}.${randomUUID()}`;
  await writeFile(draft, authority.certificate);
  await rename(draft, caFile);
  return { ...authority, caFile };
}

async function make(folder: string, file: string, now: number): Promise<Authority> {
  const [ca, issuerKey] = await Promise.all([createAuthority(now), createIssuerKey()]);
  const draft = join(folder, `${SECRETS}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify({ ...ca, issuerKey }), { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  const made = await readIfThere(file);
  if (!made) throw new Error(`${file} vanished while it was made`);
  return made;
}

async function readIfThere(file: string): Promise<Authority | undefined> {
  try {
    return Authority.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
