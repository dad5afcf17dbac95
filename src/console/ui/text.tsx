/** Sentences in which points in time may stand, whoever wrote them: each is shown as every other time on the page. */
import { Fragment, type JSX } from 'preact';
import { piecesOf } from '../words/time.ts';
import { At } from './time.tsx';

/** The sentence. Everything in it but its times is words. */
export function Text({ of }: { readonly of: string }): JSX.Element {
  return (
    <>
      {piecesOf(of).map((piece, index) =>
        // One sentence may name one time twice.
        typeof piece === 'number' ? (
          <At key={`${index} ${piece}`} at={piece} />
        ) : (
          <Fragment key={`${index} ${piece}`}>{piece}</Fragment>
        ),
      )}
    </>
  );
}

/** The sentences, one below the other; nothing where there is none. */
export function Sentences({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <ul>
      {of.map((sentence) => (
        <li key={sentence}>
          <Text of={sentence} />
        </li>
      ))}
    </ul>
  );
}
