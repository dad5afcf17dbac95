/** What only a publisher knows: where the repository is, who owns it, how to report a fault. One file holds it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The file, at the root of the repository. */
const PUBLISHER_FILE = 'publisher.json';

const Publisher = z.strictObject({
  /** `https://github.com/OWNER/NAME`. */
  repository: z.union([z.literal(''), z.url({ protocol: /^https$/ })]),
  /** Name of the person or organisation, as in CODEOWNERS: `@name` or `@organisation/team`. */
  owner: z.union([z.literal(''), z.string().regex(/^@[\w.-]+(\/[\w.-]+)?$/)]),
  /** Address that reports of vulnerabilities and of conduct are sent to. */
  contact: z.union([z.literal(''), z.email()]),
  /** Image of the emulator, without a tag: `ghcr.io/OWNER/hsm-warden-emulator`. */
  image: z.union([z.literal(''), z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9._-]+)+$/)]),
});
export type Publisher = z.infer<typeof Publisher>;

/** What the file says. Throws what is wrong with it. */
export async function readPublisher(file = PUBLISHER_FILE): Promise<Publisher> {
  const parsed = Publisher.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
}

/**
 * What is still to be filled in. `packaged` is the address in package.json: npm publishes with provenance only where it is that
 * of the repository whose workflow publishes (https://docs.npmjs.com/generating-provenance-statements).
 */
export function toFillIn(publisher: Publisher, packaged: string | undefined): readonly string[] {
  const { repository } = publisher;
  const open = Object.entries(publisher)
    .filter(([, value]) => value === '')
    .map(([name]) => `${name} in ${PUBLISHER_FILE}`);
  const wanted = `git+${repository}.git`;
  return repository === '' || packaged === wanted
    ? open
    : [...open, `repository in package.json (npm pkg set repository.type=git repository.url=${wanted})`];
}
