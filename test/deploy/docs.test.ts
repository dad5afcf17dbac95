import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Snapshot } from '../../tools/infra/snapshot.ts';

const PAGES = readdirSync('docs').filter((name) => /^deploy.*\.md$/.test(name));
const PAGE = readFileSync('docs/deploy.md', 'utf8');
const HOOKS = readdirSync('infra/hooks').filter((name) => name.endsWith('.sh'));
const predicted = Snapshot.parse(JSON.parse(readFileSync('infra/tests/defaults.snapshot.json', 'utf8')));

function section(title: string): string {
  const from = PAGE.indexOf(`\n## ${title}\n`);
  expect(from, title).toBeGreaterThan(0);
  const to = PAGE.indexOf('\n## ', from + 1);
  return PAGE.slice(from, to === -1 ? undefined : to);
}

/** What each component costs, by the words before its first comma or colon. */
function costs(): ReadonlyMap<string, number> {
  // What comes to it where something else is chosen has a table of its own.
  const [always = ''] = section('Cost').split('\nRestore drills come to this');
  const rows = always.matchAll(/^\| ([^|,:]+)[^|]* \| (\d+) \|/gm);
  return new Map([...rows].map(([, name = '', dollars]) => [name.trim(), Number(dollars)]));
}

function count(type: string): number {
  return predicted.predictedResources.filter((resource) => resource.type === type).length;
}

/** As GitHub makes them of headings. */
function anchors(page: string): readonly string[] {
  return [...page.matchAll(/^#{1,4} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the cost in docs/deploy.md', () => {
  it('adds up to what the page says, with and without the private network', () => {
    const sum = (rows: readonly (readonly [string, number])[]) =>
      rows.reduce((all, [, dollars]) => all + dollars, 0);
    const rows = [...costs()];
    const open = rows.filter(([name]) => !name.startsWith('Private'));
    expect([rows.length, open.length]).toEqual([9, 7]);
    expect(Math.abs(sum(open) - 60)).toBeLessThan(3);
    expect(Math.abs(sum(rows) - 135)).toBeLessThan(5);
    expect(section('Cost')).toContain('**about 135**, and **60 with `privateNetworking = false`**');
  });

  it.each<[string, string, number]>([
    ['Private endpoints', 'Microsoft.Network/privateEndpoints', 7.3],
    ['Private DNS', 'Microsoft.Network/privateDnsZones', 0.5],
  ])('counts what is deployed: %s', (name, type, each) => {
    expect(Math.abs((costs().get(name) ?? 0) - count(type) * each)).toBeLessThan(1.5);
  });

  it('counts what is deployed: alert rules, which cost by how often they are asked', () => {
    const rules = predicted.predictedResources.filter(({ type }) => type.endsWith('/scheduledQueryRules'));
    const often = rules.filter((rule) => JSON.stringify(rule).includes('"evaluationFrequency":"PT5M"'));
    const reckoned = often.length * 1.5 + (rules.length - often.length) * 0.5;

    expect(Math.abs((costs().get('Alert rules') ?? 0) - reckoned)).toBeLessThan(1.5);
    const [metrics, changes] = ['metricAlerts', 'activityLogAlerts'].map((type) =>
      count(`Microsoft.Insights/${type}`),
    );
    expect(section('Cost')).toContain(
      `Alert rules: ${rules.length} over logs, ${metrics} over metrics; the ${changes} over the activity log are free`,
    );
  });
});

describe('docs/deploy.md', () => {
  it('explains every setting of azd that a hook or the parameters read', () => {
    const texts = [...HOOKS.map((name) => join('infra/hooks', name)), 'infra/main.bicepparam'].map((path) =>
      readFileSync(path, 'utf8'),
    );
    const names = new Set(
      texts.flatMap((text) => text.match(/\b(?:HSM_WARDEN|AZURE)_[A-Z_]*[A-Z]\b/g) ?? []),
    );
    names.delete('AZURE_CLI');
    expect(names.size).toBeGreaterThan(15);
    expect([...names].filter((name) => !section('Settings of azd').includes(`\`${name}\``))).toEqual([]);
  });

  it('names only hooks that are there', () => {
    const named = new Set(PAGE.match(/[a-z-]+\.sh\b/g) ?? []);
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((name) => !HOOKS.includes(name))).toEqual([]);
  });

  it('asks for the right to a nested deployment in the group of the HSMs', () => {
    expect(section('Rights')).toContain(
      '`Microsoft.Resources/deployments/*` | the resource group of each HSM',
    );
  });

  it('sets what azd asks for before it runs a hook', () => {
    const story = section('The first safe night');
    const up = story.indexOf('\nazd up\n');
    for (const name of ['AZURE_SUBSCRIPTION_ID', 'AZURE_LOCATION', 'AZURE_RESOURCE_GROUP']) {
      expect(story.indexOf(`azd env set ${name}`)).toBeGreaterThan(0);
      expect(story.indexOf(`azd env set ${name}`)).toBeLessThan(up);
    }
  });

  it('names a subscription in every call of az that makes something', () => {
    const calls = PAGE.match(/^az (group|deployment|functionapp|provider|role assignment) \S+.*$/gm) ?? [];
    const made = calls.filter((call) => / (create|config-zip|register) /.test(call));
    expect(made.length).toBeGreaterThan(3);
    expect(made.filter((call) => !call.includes('--subscription'))).toEqual([]);
  });
});

describe.each(PAGES)('%s', (name) => {
  const text = readFileSync(join('docs', name), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);

  it('links to pages and sections that are there', () => {
    const broken = links.filter((target) => {
      const [file = '', anchor] = target.split('#');
      const path = join('docs', file === '' ? name : file);
      if (!existsSync(path)) return true;
      return anchor !== undefined && !anchors(readFileSync(path, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});
