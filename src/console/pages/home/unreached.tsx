/** Channels to people on which messages are held up, or of which nothing is known: somebody may not be reached. */

import type { JSX } from 'preact';
import type { Home } from '../../api/model.ts';
import { Text } from '../../ui/text.tsx';
import { Ago } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';
import { List } from './urgent-list.tsx';

/** The list; nothing where every channel is known to be served. */
export function Unreached({ of }: { readonly of: Home['channels'] }): JSX.Element | null {
  return (
    <List title={counted(of.length, 'channel may not reach people', 'channels may not reach people')}>
      {of.map(({ channel, heldUp, unknown = '' }) => (
        <li key={channel}>
          <strong>{channel}:</strong>{' '}
          {heldUp === undefined ? (
            <>
              cannot tell. <Text of={unknown} />
            </>
          ) : (
            <>
              {counted(heldUp.count, 'message is held up', 'messages are held up')}, the oldest queued{' '}
              <Ago at={heldUp.since} /> ({heldUp.why}). Which: <code>hsm-warden notify list {channel}</code>
            </>
          )}
        </li>
      ))}
    </List>
  );
}
