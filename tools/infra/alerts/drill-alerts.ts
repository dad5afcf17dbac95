/** Rules about restore drills. Without a drill HSM no line that they look for is written. */
import { type Alert, event, line, onEvent, QUICK, SOON } from './samples.ts';

const ENDED = 'drills ended';

export const DRILL_ALERTS: Readonly<Record<string, Alert>> = {
  'drill-failed': onEvent(
    'A recovery point that a drill could not bring its key back from is reported, and so are drills that cannot fail.',
    'HsmWarden.DrillFailed',
    {},
    [event('HsmWarden.DrillEnded')],
    { severity: 0, ...QUICK, alsoFires: [{ AppTraces: [event('HsmWarden.DrillBroken')] }] },
  ),
  'drill-refused': onEvent(
    'A drill HSM that may not be used, as when somebody else uses it, and copies that stay in it are reported.',
    'HsmWarden.DrillRefused',
    { residue: 1 },
    [event('HsmWarden.DrillEnded')],
    { severity: 1, ...SOON },
  ),
  'no-drill': {
    promise: 'Where drills run, each key is proven in time, and a drill app that is dead is reported.',
    severity: 2,
    everyMinutes: 60,
    lookBackMinutes: 48 * 60,
    fires: { rows: { AppTraces: [line(ENDED, { hsm: 'drill' }, 4 * 60)] }, subject: 'drill' },
    alsoFires: [
      { AppTraces: [event('HsmWarden.DrillOverdue', {}, 90), line(ENDED, { hsm: 'drill' }, 30)] },
      { AppTraces: [line('drills ended with keys that are not proven', { hsm: 'drill' }, 47 * 60)] },
      { AppTraces: [line('no drill: the drill HSM may not be used', { hsm: 'drill' }, 5 * 60)] },
    ],
    silent: {
      AppTraces: [
        line(ENDED, { hsm: 'drill' }, 4 * 60),
        line(ENDED, { hsm: 'drill' }, 2 * 60),
        event('HsmWarden.DrillOverdue', {}, 3 * 60),
      ],
    },
  },
};
