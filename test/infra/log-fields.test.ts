/** What the queries of the alerts read of the log is what the code writes there: a line that loses a field is found here. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../src/core/events/define-event.ts';
import { EVENTS } from '../../src/platform/events.ts';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { loggedLines } from './support/logged-fields.ts';

const LINES = loggedLines();

const SCHEMAS = eventSchemas(EVENTS);
/** The facts of an event, as its schema has them, by its type. */
const FACTS = new Map(
  EVENTS.map(({ type, kind }) => {
    const schema = JSON.parse(SCHEMAS.get(`${kind}.schema.json`) ?? '{}');
    return [type, schema.properties.data] as const;
  }),
);
const ON_EVERY_EVENT = ['message', 'id', 'type', 'subject', 'eventTime'];
const ajv = formats.default(new Ajv2020({ strict: false }));

/** Of the fields that a query reads, those that each line of a message or event of a type must have. By default all. */
const ONLY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'approval-forged': {
    'a stored recovery is not borne out by the audit log': ['recoveryId'],
    'keys that came back could not be reported': ['hsm'],
    'HsmWarden.RecoveryRestoredOtherKey': ['recoveryId'],
    'HsmWarden.KeyBroughtBackUnapproved': ['severity'],
  },
  'audit-feed-silent': { 'audit records read': ['heard'], 'watch looked': ['hsm'] },
  // The subject is what each of them has; since when and why are for who reads the alert.
  'channel-failing': {
    'HsmWarden.NotificationChannelFailing': ['since', 'error'],
    'HsmWarden.NotificationMemoryLost': ['scope'],
    'messages for a channel whose memory could not be written for a day are given up': ['channel'],
    'incidents that cannot be read were set aside': ['scope', 'error'],
  },
  // It says itself how much it matters.
  'key-unprotected': {
    'HsmWarden.BackupsUnsealed': [],
    'HsmWarden.HsmFound': [],
    'HsmWarden.HsmVanished': [],
    'HsmWarden.DiscoveryFailed': [],
  },
  'no-drill': { 'HsmWarden.DrillOverdue': [] },
  'recovery-activity': { 'HsmWarden.KeyBroughtBackUnapproved': ['severity'] },
  // The message is the subject; the rest is for who reads the alert.
  'topic-refuses': {
    'events wait, the topic does not take them': ['error'],
    'the topic refused an event for good': ['error'],
    'refused events are kept no more': ['hsm'],
  },
};

/** The texts that a query compares `line.NAME` with. */
function compared(query: string, name: string): readonly string[] {
  const found = [
    ...query.matchAll(new RegExp(`\\bline\\.${name} (?:[!=]=|!?in) \\(?((?:'[^']+'(?:, )?)+)`, 'g')),
  ];
  return found.flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, text = '']) => text));
}

interface Read {
  readonly query: string;
  /** The message of a line, or the type of an event. */
  readonly of: string;
  readonly field: string;
}

const READ = readdirSync('infra/queries').flatMap((file): Read[] => {
  const name = file.replace(/\.kql$/, '');
  const query = readFileSync(`infra/queries/${file}`, 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  const fields = [...new Set([...query.matchAll(/\bline\.(\w+)/g)].map(([, field = '']) => field))];
  const own = fields.filter((field) => !ON_EVERY_EVENT.includes(field));
  const messages = compared(query, 'message').filter((message) => message !== 'event');
  return [...messages, ...compared(query, 'type')].flatMap((of) =>
    (ONLY[name]?.[of] ?? own).map((field) => ({ query: name, of, field })),
  );
});

describe('the log has what the alerts read', () => {
  it('of every rule that reads it', () => {
    const reading = readdirSync('infra/queries')
      .map((file) => [file.replace(/\.kql$/, ''), readFileSync(`infra/queries/${file}`, 'utf8')] as const)
      .filter(([, query]) => query.includes('line.message'))
      .map(([name]) => name);
    const silent = new Set(['drill-failed', 'no-drill', 'storage-log-missing']);

    expect(reading.filter((name) => !READ.some(({ query }) => query === name) && !silent.has(name))).toEqual(
      [],
    );
  });

  it('with every field of an event beside its type', () => {
    const [line] = LINES.get('event') ?? [];

    expect([...(line?.always ?? [])]).toEqual(expect.arrayContaining(['id', 'type', 'subject']));
  });

  it.each(READ)('$query reads $field of: $of', ({ of, field }) => {
    const facts = FACTS.get(of);
    if (facts !== undefined) expect(Object.keys(facts.properties)).toContain(field);
    else {
      const lines = LINES.get(of) ?? [];
      expect(lines.length, `nobody writes ${of}`).toBeGreaterThan(0);
      for (const { where, always } of lines) expect([...always], where).toContain(field);
    }
  });

  const samples = Object.entries(ALERTS).flatMap(
    ([name, { fires, alsoFires = [], silent, alsoSilent = [] }]) =>
      [fires.rows, ...alsoFires, silent, ...alsoSilent]
        .flatMap(({ AppTraces = [] }) => AppTraces)
        .map((row) => ({ name, line: JSON.parse(String(row.Message)) })),
  );

  it.each(samples)('as the samples of $name say: $line.message $line.type', ({ line }) => {
    const { message, type, ...fields } = line;
    if (message === 'event') {
      const facts = FACTS.get(type);
      expect(facts, type).toBeDefined();
      for (const [field, value] of Object.entries(fields)) {
        if (ON_EVERY_EVENT.includes(field)) continue;
        expect(Object.keys(facts.properties), type).toContain(field);
        expect(ajv.validate(facts.properties[field], value), `${field} of ${type}`).toBe(true);
      }
      return;
    }
    const lines = LINES.get(message) ?? [];
    const known = new Set(lines.flatMap(({ always, sometimes }) => [...always, ...sometimes]));
    expect(Object.keys(fields).filter((field) => !known.has(field))).toEqual([]);
  });
});
