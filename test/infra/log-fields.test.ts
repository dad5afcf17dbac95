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

/** Modules that make the fields which a line spreads. */
const SPREAD: Readonly<Record<string, string>> = {
  'watch looked': 'src/features/watch/summary.ts',
  'watch could not see the HSM': 'src/features/watch/summary.ts',
  'sweep ended with keys lacking a backup': 'src/features/backup/run-record.ts',
  'events wait, the topic does not take them': 'src/features/watch/outbox.ts',
};

describe('the log lines that the alerts read', () => {
  it.each(READ.filter(({ file, message, field }) => !ELSEWHERE.has(`${file} ${message} ${field}`)))(
    'have the field $field: $message',
    ({ message, field }) => {
      const writers = SOURCES.filter((source) => source.includes(`'${message}'`));
      const spread = SPREAD[message];
      const makers = [...writers, ...(spread === undefined ? [] : [readFileSync(spread, 'utf8')])];

      expect(writers).not.toEqual([]);
      expect(makers.some((source) => new RegExp(`\\b${field}\\b`).test(source))).toBe(true);
    },
  );
});
