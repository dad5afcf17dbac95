import { toEvent, type WatchEvent } from '../../src/features/watch/model/events.ts';

/** Builds events as the product makes them. */

const AT = Date.UTC(2026, 10, 24, 12);

/** A small event about `key`. */
export function anEvent(key: string, kind: 'recovered' | 'unprotected' = 'unprotected'): WatchEvent {
  const time = '2026-11-24T12:00:00.000Z';
  const data = { hsm: 'contoso', key };
  return kind === 'recovered'
    ? toEvent(
        { kind: 'key-recovered', discriminator: 'x', data: { ...data, severity: 'info', deletedAt: time } },
        AT,
      )
    : toEvent(
        {
          kind: 'key-unprotected',
          discriminator: 'x',
          data: { ...data, severity: 'high', createdAt: time, since: time },
        },
        AT,
      );
}
