import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../src/core/events/define-event.ts';
import { EVENTS } from '../../src/platform/events.ts';
import { FUNCTION_NAMES } from '../../src/platform/features.ts';

const FOLDER = 'infra/queries';
const FILES = readdirSync(FOLDER).map((file) => ({
  file,
  query: readFileSync(`${FOLDER}/${file}`, 'utf8'),
}));
const WORKBOOK = [...readFileSync('infra/workbook.json', 'utf8').matchAll(/"query": "([^"]+)"/g)].map(
  ([, query = ''], index) => ({ file: `${index + 1} of the workbook`, query }),
);
const QUERIES = [...FILES, ...WORKBOOK];

/** Every text constant that the code gives a logger as its message. */
const MESSAGES = new Set(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(`src/${path}`, 'utf8'))
    .flatMap((source) => [...source.matchAll(/\.(?:info|warn|error)\(\s*'([^']+)'/g)])
    .map(([, message]) => message),
);

/** The fields of each log line, as docs/operations.md promises them. */
const DOCUMENTED = new Map(
  readFileSync('docs/operations.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
    )
    .flatMap(([, messages = [], , fields = []]) => messages.map((message) => [message, fields] as const)),
);
/** Counts of a run, which the page calls by their kind only. */
const COUNTS = ['keys', 'backedUp', 'unchanged', 'skipped', 'vanished', 'refused', 'failed'];
const EVENT_FIELDS = [...eventSchemas(EVENTS).values()].flatMap((schema) =>
  Object.keys(JSON.parse(schema).properties.data.properties),
);
const TYPES = EVENTS.map(({ type }) => type);

/** The texts that a query compares `name` with. */
function compared(query: string, name: string): readonly string[] {
  const single = [...query.matchAll(new RegExp(`\\b${name.replace('.', '\\.')} [!=]= '([^']+)'`, 'g'))];
  const lists = [...query.matchAll(new RegExp(`\\b${name.replace('.', '\\.')} !?in \\(([^)]+)\\)`, 'g'))];
  return [
    ...single.map(([, value = '']) => value),
    ...lists.flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, value = '']) => value)),
  ];
}

describe.each(QUERIES)('the query $file', ({ query }) => {
  const messages = compared(query, 'line.message');

  it('looks for log lines that the code writes', () => {
    expect(messages.filter((message) => !MESSAGES.has(message))).toEqual([]);
  });

  it('reads only fields that those lines have', () => {
    const known = new Set([
      'message',
      ...messages.flatMap((message) => DOCUMENTED.get(message) ?? []),
      ...(messages.some((message) => message.startsWith('sweep ended')) ? COUNTS : []),
      ...(messages.includes('event') ? ['id', 'type', 'subject', ...EVENT_FIELDS] : []),
    ]);
    const fields = [...query.matchAll(/\bline\.(\w+)/g)].map(([, field = '']) => field);

    expect(fields.filter((field) => !known.has(field))).toEqual([]);
  });

  it('asks for events that exist', () => {
    expect(compared(query, 'line.type').filter((type) => !TYPES.includes(type))).toEqual([]);
  });

  it('asks for functions that are registered', () => {
    const names = [...FUNCTION_NAMES.backup, ...FUNCTION_NAMES.recovery];

    expect(compared(query, 'Name').filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the alert rules', () => {
  it.each(FILES)('tell alerts of $file apart by their Subject', ({ query }) => {
    expect(query).toMatch(/\bSubject\b/);
  });

  const source = ['alerts', 'alert-rules', 'service-rules', 'drill-alerts', 'seal-alerts']
    .map((name) => readFileSync(`infra/modules/${name}.bicep`, 'utf8'))
    .join('');

  it('use every query, and no other', () => {
    const used = [...source.matchAll(/['/]queries\/([\w-]+\.kql)/g)].map(([, file]) => file);

    expect([...used].sort()).toEqual(FILES.map(({ file }) => file).sort());
  });
});
