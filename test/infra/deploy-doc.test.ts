import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deployPage, undescribedTypes } from '../../tools/infra/deploy-doc.ts';

/** Without what a formatter may do to a table. */
function squeezed(page: string): string {
  return page
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(' |', '|')
    .replaceAll('| ', '|');
}

describe('docs/deploy.md', () => {
  it('has the tables of this deployment', () => {
    const page = readFileSync('docs/deploy.md', 'utf8');

    expect(squeezed(page) === squeezed(deployPage(page)), 'run node tools/infra/deploy-doc.ts').toBe(true);
  });

  it('names every prefix under which the backup app may write state', () => {
    const page = readFileSync('docs/deploy.md', 'utf8');
    const [, list = ''] = /^var backupPrefixes = \[([^\]]+)\]/m.exec(
      readFileSync('infra/modules/names.bicep', 'utf8'),
    ) ?? [''];
    const prefixes = [...list.matchAll(/'(\w[\w-]*)'/g)].map(([, prefix = '']) => `\`${prefix}/\``);

    expect(prefixes.length).toBeGreaterThan(5);
    expect(page).toContain(`under its own prefixes (${prefixes.join(', ')})`);
  });

  it('says what every kind of resource is for', () => {
    expect(undescribedTypes()).toEqual([]);
  });

  it('documents every parameter of the deployment', () => {
    const page = readFileSync('docs/deploy.md', 'utf8');
    const parameters = [...readFileSync('infra/main.bicep', 'utf8').matchAll(/^param (\w+)/gm)].map(
      ([, name = '']) => name,
    );

    expect(parameters.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
