/** Shows what was read, and says when it is not there, not yet, or not of now. */

import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Resource } from '../api/resource.ts';
import { announce } from './announce.tsx';
import { Note } from './note.tsx';
import { Text } from './text.tsx';
import { At } from './time.tsx';
import { Trouble } from './trouble.tsx';

interface LoadedProps<T> {
  readonly of: Resource<T>;
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
}

/** The value of a resource, as `children` show it. */
export function Loaded<T>({ of, what, children }: LoadedProps<T>): JSX.Element {
  const { value, receivedAt, problem, willRetry, reload } = of;
  const isStale = value !== undefined && problem !== undefined;
  useEffect(() => {
    if (isStale) announce(`${what} could not be renewed. What is shown is old.`);
  }, [isStale, what]);
  if (value === undefined) {
    if (problem !== undefined) return <Trouble problem={problem} willRetry={willRetry} retry={reload} />;
    return (
      <p class="loading" role="status">
        Reading {what}…
      </p>
    );
  }
  return (
    <>
      {isStale && (
        <Note tone="unknown" title="This is an old picture">
          <p>
            It was read on <At at={receivedAt ?? 0} />. Since then it could not be renewed:{' '}
            <Text of={problem.message} />
          </p>
          <button type="button" onClick={reload}>
            Try now
          </button>
        </Note>
      )}
      <div class={isStale ? 'stale' : undefined} aria-busy={of.isLoading}>
        {children(value)}
      </div>
    </>
  );
}
