import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The text of every module of the product, and where each log message stands. */
const SOURCES = ['src', 'functions']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(path, 'utf8'));

/** What a query reads of the lines with one message. Events are checked against their schemas in queries.test.ts. */
const READ = readdirSync('infra/queries').flatMap((file) => {
  const query = readFileSync(`infra/queries/${file}`, 'utf8');
  const fields = [...new Set([...query.matchAll(/\bline\.(\w+)/g)].map(([, field = '']) => field))];
  const messages = [...query.matchAll(/line\.message (?:==|in) \(?((?:'[^']+'(?:, )?)+)/g)]
    .flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, message = '']) => message))
    .filter((message) => message !== 'event');
  return messages.flatMap((message) =>
    fields
      .filter((field) => field !== 'message' && !/^(type|subject|severity)$/.test(field))
      .map((field) => ({ file, message, field })),
  );
});

/** Fields that only some of the lines of a query have. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'topic-refuses.kql the topic refused an event for good hsm',
  'topic-refuses.kql refused events are kept no more error',
]);

describe('the log lines that the alerts read', () => {
  it.each(READ.filter(({ file, message, field }) => !ELSEWHERE.has(`${file} ${message} ${field}`)))(
    'have the field $field: $message',
    ({ message, field }) => {
      const writers = SOURCES.filter((source) => source.includes(`'${message}'`));

      expect(writers).not.toEqual([]);
      expect(writers.some((source) => new RegExp(`\\b${field}\\b`).test(source))).toBe(true);
    },
  );
});
