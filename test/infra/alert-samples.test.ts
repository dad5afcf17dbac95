import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertsPage } from '../../tools/alerts-doc.ts';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { diagnosticsOf } from '../../tools/infra/alerts/kql-check.ts';
import { filled, trySamples } from '../../tools/infra/alerts/try-samples.ts';

const QUERIES = readdirSync('infra/queries').map((file) => ({
  name: file.replace(/\.kql$/, ''),
  query: readFileSync(`infra/queries/${file}`, 'utf8'),
}));
const WORKBOOK = [...readFileSync('infra/workbook.json', 'utf8').matchAll(/"query": "([^"]+)"/g)].map(
  ([, query = ''], index) => ({ name: `${index + 1} of the workbook`, query }),
);

describe('the queries of the alerts', () => {
  it('are those that somebody promises something by', () => {
    expect(QUERIES.map(({ name }) => name).sort()).toEqual(Object.keys(ALERTS).sort());
  });

  it.each([...QUERIES, ...WORKBOOK])(
    'ask for tables, columns and functions that exist: $name',
    ({ query }) => {
      expect(diagnosticsOf(filled(query))).toEqual([]);
    },
  );

  it.each(QUERIES)('fire for what they must, and for nothing else: $name', ({ name, query }) => {
    expect(trySamples(name, query)).toEqual([]);
  });

  it.each([
    ['another table', 'AppTraces', 'traces'],
    ['another column', '(Message)', '(Text)'],
    ['another function', 'parse_json', 'parse_jsn'],
    ['another field', 'line.recoverable', 'line.recovered'],
    ['another value', "'lost'", "'gone'"],
    ['another event', 'KeyPurged', 'KeyDeleted'],
    ['a shorter look', 'ago(15m)', 'ago(1m)'],
    ['no subject', 'Subject = ', 'Object = '],
  ])('are refused with %s', (_name, find, replace) => {
    const query = readFileSync('infra/queries/key-lost.kql', 'utf8').replaceAll(find, replace);

    expect([...diagnosticsOf(query), ...trySamples('key-lost', query)]).not.toEqual([]);
  });

  it.each([
    [
      'key-brought-back-unapproved',
      'any key of the HSM',
      "Name = split(strcat(tolower(tostring(line.key)), '/'), '/')",
      "Name = split('/', '/')",
    ],
    [
      'key-brought-back-unapproved',
      'a restore that claims nothing but itself',
      "'/', tostring(line.action), '/'",
      "'/', 'restore', '/'",
    ],
    ['key-brought-back-unapproved', 'any caller', 'not(Caller contains {recovery})', "Caller == 'nobody'"],
    ['key-brought-back-unapproved', 'refused requests', 'HttpStatusCode < 300', 'HttpStatusCode < 500'],
    ['key-brought-back-unapproved', 'one table', 'AzureDiagnostics', 'AZKVAuditLogs'],
    ['key-brought-back-unapproved', 'claims of long ago', 'ago(3h)', 'ago(3d)'],
    ['audit-height-falls', 'a log that grows', 'Height < Before', 'Height > Before'],
    ['audit-height-falls', 'the lowest that was said', 'Height = max(Height)', 'Height = min(Height)'],
    ['audit-height-falls', 'a day only', 'ago(2d)', 'ago(1d)'],
  ])('%s is refused with %s', (name, _what, find, replace) => {
    const query = readFileSync(`infra/queries/${name}.kql`, 'utf8');

    expect(query).toContain(find);
    expect(trySamples(name, query)).toEqual([]);
    expect(trySamples(name, query.replaceAll(find, replace))).not.toEqual([]);
  });
});

describe('docs/alerts.md', () => {
  it('is what the rules and samples say', () => {
    expect(readFileSync('docs/alerts.md', 'utf8') === alertsPage(), 'run npm run docs').toBe(true);
  });
});
