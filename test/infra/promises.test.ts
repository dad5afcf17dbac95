/** Every promise of docs/operations.md and docs/drills.md: which rules report that it is broken. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/platform/events.ts';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { DEAD_APP, PROMISES } from '../../tools/infra/alerts/promises.ts';
import { event, line } from '../../tools/infra/alerts/samples.ts';
import { firing } from './support/log-rows.ts';

describe('the promises of docs/operations.md', () => {
  const page = readFileSync('docs/operations.md', 'utf8') + readFileSync('docs/drills.md', 'utf8');
  const types = EVENTS.map(({ type }) => type);

  it('are about every event', () => {
    expect(Object.keys(PROMISES).sort()).toEqual([...types].sort());
    const short = (type: string) => type.replace('HsmWarden.', '');
    expect(types.filter((type) => !page.includes(type) && !page.includes(`\`${short(type)}\``))).toEqual([]);
  });

  const cases = Object.entries(PROMISES).flatMap(([type, { reported }]) =>
    reported.map(({ by, facts = {}, independently }) => {
      const rows = { AppTraces: [event(type, { recoveryId: '01J', ...facts })] };
      return [type, by, facts, independently === true ? ALERTS[by]?.fires.rows : rows] as const;
    }),
  );
  it.each(cases)('%s is reported by %s: %j', (_type, by, _facts, rows = {}) => {
    expect(firing(rows).filter((one) => one.startsWith(`${by}: `))).not.toEqual([]);
  });

  const lasting = Object.entries(PROMISES).flatMap(([type, { lasting: state }]) =>
    'by' in state ? [state.by].flat().map((by) => [type, by, state.finding] as const) : [],
  );
  it.each(lasting)('%s is reported by %s while it lasts', (_type, by, finding) => {
    expect(ALERTS[by]).toBeDefined();
    if (finding !== undefined) {
      const found = firing({
        AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: { [finding]: 1 } })],
      });
      expect(found).toContain(`${by}: contoso`);
    }
  });

  it.each(Object.entries(PROMISES))(
    '%s cannot be kept by a dead app, which is reported',
    (_type, { from }) => {
      expect(firing({}).filter((one) => one.startsWith(`${DEAD_APP[from]}: `))).not.toEqual([]);
    },
  );
});
