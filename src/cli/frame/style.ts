/** Colours, on terminals only. */
import { styleText } from 'node:util';
import type { CliContext, TextSink } from './context.ts';

/** Paints text, or leaves it. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string;

/** Colours for `sink`: never when it is piped, when NO_COLOR is set (https://no-color.org) or when the terminal has none. */
export function paintFor(context: Pick<CliContext, 'environment'>, sink: TextSink): Paint {
  const { NO_COLOR, TERM } = context.environment;
  const coloured = sink.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
  return coloured
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text;
}
