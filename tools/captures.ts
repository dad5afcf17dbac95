/** What commands show on terminals of 80 and 140 columns, of a fixed world at a fixed time: for docs/cli.md. */
import { listAnswer } from '../src/cli/backup/list.ts';
import { restoreAnswer } from '../src/cli/backup/restore-answer.ts';
import { countRestored, type RestoredKey } from '../src/cli/backup/restore-report.ts';
import { doubtsOf } from '../src/cli/connect/doubts.ts';
import { troublesOf } from '../src/cli/connect/judge-hsms.ts';
import type { Answer } from '../src/cli/frame/command.ts';
import { render } from '../src/cli/frame/render.ts';
import { viewAnswer } from '../src/cli/recovery/show-view.ts';
import { statusPage } from '../src/cli/status/status-page.ts';
import { watchAnswer } from '../src/cli/watch.ts';
import type { StoredBackup } from '../src/core/ports.ts';
import type { RecoveryView } from '../src/features/recovery/model/asking.ts';
import { type HsmStatus, overallVerdict } from '../src/features/status/hsm-status.ts';
import { WIDTHS } from './captures/widths.ts';
import * as world from './captures/world.ts';

const clock = { now: () => world.NOW, sleep: async () => undefined };
const connection = {
  world: undefined,
  config: { recovery: { origin: 'https://recovery.contoso.com' } },
};
const paint = (_style: string, text: string) => text;

/** The section of the page. */
export function capturesSection(): string {
  const shown: readonly (readonly [string, Answer])[] = [
    ['hsm-warden status', status(world.STATUSES)],
    ['hsm-warden watch', watchAnswer(world.STATUSES, { connection, now: world.NOW, paint })],
    ['hsm-warden recovery show ttgh', viewAnswer(world.REQUEST satisfies RecoveryView)],
    ['hsm-warden backup list', listAnswer(world.BACKUPS satisfies readonly StoredBackup[], () => 'good')],
    [
      'hsm-warden backup restore-all --from contoso --hsm-name contoso-new --yes',
      restoreAnswer(reportOf(world.RESTORED), world.RESTORED.length, true),
    ],
  ];
  return WIDTHS.map((width) => {
    const captures = shown.map(([command, answer]) => capture(command, answer, width));
    return `\n### ${width} columns\n${captures.join('')}`;
  }).join('');
}

/** A block of the page: the command, and its whole screen. */
function capture(command: string, answer: Answer, width: number): string {
  const doubts = (answer.doubts ?? []).map((line) => `${line}\n`).join('');
  const text = render(answer, 'table', { now: world.NOW, utc: false, width });
  return `\n\`\`\`text\n$ ${command}\n${doubts}${text.trimEnd()}\n\`\`\`\n`;
}

function status(statuses: readonly HsmStatus[]): Answer {
  const facts = {
    statuses,
    verdict: overallVerdict(statuses),
    waiting: world.WAITING,
    channels: [],
    connection,
  };
  return {
    doubts: troublesOf(statuses).flatMap(doubtsOf),
    page: statusPage(facts, { clock, environment: {}, stdout: { write: () => undefined } }),
  };
}

function reportOf(keys: readonly RestoredKey[]) {
  return {
    format: 1,
    source: 'contoso',
    target: { hsm: 'contoso-new', url: 'https://contoso-new.managedhsm.azure.net' },
    startedAt: '2026-11-28T02:59:00.000Z',
    endedAt: '2026-11-28T03:00:00.000Z',
    pace: { set: 8, reached: 7.8 },
    complete: false,
    counts: countRestored(keys),
    keys,
  } as const;
}
