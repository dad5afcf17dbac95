/** The list of every event: what is published of it, and that no event is in it twice. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventSchemas, severityRule } from '../../src/core/events/define-event.ts';
import { toRecoveryCloudEvent } from '../../src/features/recovery/model/events.ts';
import { EVENTS } from '../../src/platform/events.ts';
import { anEvent } from '../support/events.ts';

const FOLDER = new URL('../../docs/events/', import.meta.url);

describe('the events of the product', () => {
  it('have published schemas that are those of the types: run npm run docs after a change', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.schema.json')).sort();
    const schemas = eventSchemas(EVENTS);
    expect(files).toEqual([...schemas.keys()].sort());
    for (const [name, text] of schemas) {
      expect(await readFile(new URL(name, FOLDER), 'utf8')).toBe(text);
    }
  });

  it('have a name and a type of their own each', () => {
    expect(new Set(EVENTS.map(({ kind }) => kind)).size).toBe(EVENTS.length);
    expect(new Set(EVENTS.map(({ type }) => type)).size).toBe(EVENTS.length);
  });

  it.each([
    ['its facts say', anEvent('orders'), 'high'],
    ['its definition says', toRecoveryCloudEvent({ id: 'r/1', type: 'failed', at: 0 }), 'high'],
    [
      'its facts say, whatever its definition',
      toRecoveryCloudEvent({ id: 'r/1', type: 'failed', at: 0, severity: 'critical' }),
      'critical',
    ],
    ['nobody says of one that is not known', { ...anEvent('orders'), type: 'Other', data: {} }, 'info'],
  ])('matter as much as %s', (_name, event, severity) => {
    expect(severityRule(EVENTS)(event)).toBe(severity);
  });
});
