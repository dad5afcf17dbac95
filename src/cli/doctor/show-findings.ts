/** Findings as people, scripts and shells read them. */
import { counted } from '../connect/warden-options.ts';
import type { Answer } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { paintFor } from '../frame/style.ts';
import type { Finding } from './check.ts';

const SIGNS = {
  ok: ['green', 'ok  '],
  warn: ['yellow', 'warn'],
  unknown: ['yellow', '????'],
  fail: ['red', 'FAIL'],
} as const;

/** The answer of a command that found these: it fails when something does, and is unsure when something was not seen. */
export function showFindings(findings: readonly Finding[], context: CliContext): Answer {
  const failed = count(findings, 'fail');
  return {
    data: findings,
    table: {
      columns: ['Result', 'Check', 'Subject', 'Detail', 'Fix'],
      rows: findings.map(({ result, check, subject, detail, fix }) => [result, check, subject, detail, fix]),
    },
    page: page(findings, context),
    exit: failed > 0 ? 'failed' : count(findings, 'unknown') > 0 ? 'unknown' : 'done',
  };
}

function page(findings: readonly Finding[], context: CliContext): string {
  const paint = paintFor(context, context.stdout);
  const lines = findings.flatMap(({ check, subject, result, detail, fix }) => {
    const [colour, sign] = SIGNS[result];
    const line = `${paint(colour, sign)}  ${check} (${subject}): ${detail}`;
    return fix === undefined ? [line] : [line, `      -> ${fix}`];
  });
  const failed = count(findings, 'fail');
  const unseen = count(findings, 'unknown');
  const toFix = failed === 0 ? 'Nothing has' : failed === 1 ? '1 thing has' : `${failed} things have`;
  const notSeen = unseen === 0 ? '' : `${counted(unseen, 'thing')} could not be seen; `;
  return [
    ...lines,
    '',
    `${toFix} to be fixed; ${notSeen}${counted(count(findings, 'warn'), 'warning')}.`,
  ].join('\n');
}

function count(findings: readonly Finding[], wanted: Finding['result']): number {
  return findings.filter(({ result }) => result === wanted).length;
}
