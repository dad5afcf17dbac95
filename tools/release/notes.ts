/** The notes of a release: what changed, how to check what was downloaded, and the button that deploys exactly this. */

/** What the notes are made of. */
export interface Released {
  readonly version: string;
  /** The text of CHANGELOG.md. */
  readonly changes: string;
  /** `https://github.com/OWNER/NAME`; empty while nobody knows it. */
  readonly repository: string;
  /** SHA-256 of each file of the release. */
  readonly hashes: ReadonlyMap<string, string>;
}

const PORTAL = 'https://portal.azure.com/#create/Microsoft.Template/uri/';

/** The part of CHANGELOG.md about `version`; undefined when there is none. */
export function changesOf(changes: string, version: string): string | undefined {
  const [, part] = changes.split(`\n## ${version}\n`);
  return part?.split(/\n## /)[0]?.trim();
}

/** The notes as Markdown. */
export function notesOf({ version, changes, repository, hashes }: Released): string {
  const folder = `${repository}/releases/download/v${version}`;
  const file = (name: string) => encodeURIComponent(`${folder}/${name}`);
  const template = hashes.get('azuredeploy.json');
  const button =
    repository === '' || template === undefined
      ? []
      : [
          '## Deploy',
          `[![Deploy to Azure](https://aka.ms/deploytoazurebutton)](${PORTAL}${file('azuredeploy.json')}/createUIDefinitionUri/${file('createUiDefinition.json')})`,
          `The button deploys \`azuredeploy.json\` of this very version, SHA-256 \`${template}\`. docs/deploy.md says what comes before and after.`,
        ];
  return `${[
    changesOf(changes, version) ?? '',
    ...button,
    '## Check what you downloaded',
    ['    sha256sum --check SHA256SUMS', ...(repository === '' ? [] : [verify(repository, version)])].join(
      '\n',
    ),
    table(hashes),
  ].join('\n\n')}\n`;
}

function verify(repository: string, version: string): string {
  return `    gh attestation verify hsm-warden-${version}.tgz --repo ${new URL(repository).pathname.slice(1)}`;
}

function table(hashes: ReadonlyMap<string, string>): string {
  const rows = [...hashes].map(([name, hash]) => `| \`${name}\` | \`${hash}\` |`);
  return ['| File | SHA-256 |', '|---|---|', ...rows].join('\n');
}
