/** The bill of materials of a release, CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): what the bundles hold, and nothing else. */
import type { Bundled } from './bundled.ts';

/** What the lockfile says of a package: the hash of what was downloaded, `sha512-{base64}`. */
export type Integrities = ReadonlyMap<string, string>;

/** What a release is called. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The licences that may be bundled into a program under MIT. Another one is a person's decision: it is added here. */
const ALLOWED_LICENSES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
]);

/** The document. It holds no time and no random number: the same packages give the same bytes. */
export function sbomOf(subject: Subject, packages: readonly Bundled[], integrities: Integrities) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purl(subject),
        name: subject.name,
        version: subject.version,
        purl: purl(subject),
        licenses: [{ license: { id: subject.license } }],
      },
    },
    components: packages.map((one) => ({
      type: 'library',
      'bom-ref': purl(one),
      name: one.name,
      version: one.version,
      purl: purl(one),
      licenses: [{ license: { id: one.license } }],
      hashes: hashes(integrities.get(`${one.name}@${one.version}`)),
      properties: one.bundles.map((value) => ({ name: 'hsm-warden:bundle', value })),
    })),
    dependencies: [{ ref: purl(subject), dependsOn: packages.map(purl) }],
  };
}

/** What is wrong with the packages of a release; empty when nothing. */
export function sbomProblems(packages: readonly Bundled[], integrities: Integrities): readonly string[] {
  return packages.flatMap(({ name, version, license, hasText }) => [
    ...(ALLOWED_LICENSES.has(license)
      ? []
      : [`${name} ${version} is under ${license || 'no licence'}: a person must allow it first`]),
    ...(hashes(integrities.get(`${name}@${version}`)).length > 0
      ? []
      : [`${name} ${version} has no hash in package-lock.json`]),
    ...(hasText ? [] : [`${name} ${version} brings no text of its licence: keep one in licence-texts.ts`]),
  ]);
}

/** The hashes of all packages that a lockfile (version 3) names, by name and version. */
export function integritiesOf(lock: {
  readonly packages: Readonly<
    Record<string, { readonly version?: string | undefined; readonly integrity?: string | undefined }>
  >;
}): Integrities {
  const found = new Map<string, string>();
  for (const [path, { version, integrity }] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1);
    if (name && version !== undefined && integrity !== undefined) found.set(`${name}@${version}`, integrity);
  }
  return found;
}

/** https://github.com/package-url/purl-spec: the scope is a namespace, its @ is written %40. */
function purl({ name, version }: Pick<Subject, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}

function hashes(integrity: string | undefined) {
  const [, base64] = /^sha512-([A-Za-z0-9+/=]+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined
    ? []
    : [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }];
}
