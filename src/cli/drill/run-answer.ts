/** What `hsm-warden drill run` says of its runs. */
import type { DrillRequest } from '../../features/drill/message.ts';
import type { DrillRun } from '../../features/drill/model/drill-state.ts';
import type { DrillResult } from '../../features/drill/model/result.ts';
import { counted } from '../connect/warden-options.ts';
import type { Answer, Table } from '../frame/command.ts';

/** It fails where a key is not shown to restore, a copy stays, keys are left, or what was asked for was not drilled. */
export function answerOf(
  what: DrillRequest,
  runs: readonly DrillRun[],
  results: readonly DrillResult[],
): Answer {
  const sum = (count: (run: DrillRun) => number) => runs.reduce((total, run) => total + count(run), 0);
  const refused = runs.flatMap((run) => run.refused ?? []);
  const left = sum((run) => run.left ?? 0);
  const nothing = results.length + refused.length + left === 0 ? noneOf(what) : undefined;
  const summary = {
    proven: sum(({ proven }) => proven),
    metadataOnly: sum(({ metadataOnly, unusable }) => metadataOnly - unusable),
    failed: sum(({ failed }) => failed),
    blocked: sum(({ blocked }) => blocked),
    residue: sum(({ residue }) => residue),
    unusable: sum(({ unusable }) => unusable),
    left,
    refused: nothing === undefined ? refused : [nothing],
    seconds: sum(({ startedAt, endedAt = startedAt }) => endedAt - startedAt) / 1000,
  };
  const bad = summary.failed + summary.blocked + summary.residue + left + summary.refused.length > 0;
  const lines = results.map(({ hsm, key, verdict, reasons }) => ({ hsm, key, verdict, reasons }));
  const table: Table = {
    columns: ['Hsm', 'Key', 'Verdict', 'Reasons'],
    rows: lines.map(({ hsm, key, verdict, reasons }) => [hsm, key, verdict, reasons.join(' ')]),
    wraps: true,
  };
  return {
    jsonLines: [...lines, summary],
    table,
    page: (show) =>
      [
        ...summary.refused.map((reason) => `NO DRILL: ${reason}`),
        show(table),
        `${summary.proven} proven, ${summary.metadataOnly} metadata only, ${summary.unusable} of keys that nobody can use, ${summary.failed} failed, ${summary.blocked} blocked; ${counted(summary.residue, 'key')} left in the drill HSM.`,
        ...(left === 0
          ? []
          : [`NOT DRILLED: ${counted(left, 'key')}, for the time of the run was over. Run it again.`]),
      ].join('\n'),
    ...(bad && { exit: 'failed' as const }),
  };
}

/** Of a night nothing may be due; what somebody names must be there. */
function noneOf(what: DrillRequest): string | undefined {
  switch (what.kind) {
    case 'due':
      return undefined;
    case 'key':
      return `There is no recovery point of a key ${what.key} of HSM ${what.hsm}.`;
    case 'all':
    case 'sample':
      return 'There is no recovery point to drill.';
  }
}
