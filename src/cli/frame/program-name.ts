/** How this program is called where the person stands, so that every command it proposes works there. */
import { dirname, relative } from 'node:path';
import type { TextSink } from './context.ts';

/** The name in all texts of the code. */
export const USUAL_NAME = 'hsm-warden';

/** Where the program runs. */
export interface Surroundings {
  /** The file of the entry. */
  readonly entry: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The words in front of `status`, `key list` and the others. */
export function programName({ entry, folder, environment }: Surroundings): string {
  if (!entry.endsWith('.ts')) {
    return environment.npm_command === 'exec' ? `npx ${USUAL_NAME}` : USUAL_NAME;
  }
  // In a checkout: npm run works in its root only.
  const root = dirname(dirname(dirname(entry)));
  const throughNpm = environment.npm_lifecycle_event === 'warden' || folder === root;
  return throughNpm ? 'npm run -s warden --' : `node ${relative(folder, entry)}`;
}

/** `text` with the commands in it called by `program`; other uses of the name stay. `words`: what a command begins with. */
export function withProgramName(text: string, program: string, words: ReadonlySet<string>): string {
  if (program === USUAL_NAME) return text;
  return text.replaceAll(/\bhsm-warden (?=([a-z-]+))/g, (name, word: string) =>
    words.has(word) ? `${program} ` : name,
  );
}

/** A sink that hands on `sink`'s text as `called` makes it. */
export function namingSink(sink: TextSink, called: (text: string) => string): TextSink {
  return {
    write: (text) => sink.write(called(text)),
    get isTTY() {
      return sink.isTTY;
    },
    get columns() {
      return sink.columns;
    },
  };
}
