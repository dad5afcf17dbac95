/** Are people reached? */

import type { JSX } from 'preact';
import type { Settings } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, At } from '../../ui/time.tsx';
import { Word } from '../../ui/word.tsx';
import { nothingIn } from '../../words/count.ts';
import { receiverInWords } from '../../words/receiver.ts';

type Receiver = Settings['receivers'][number];

const COLUMNS: readonly Column<Receiver>[] = [
  { name: 'Channel', show: ({ channel }) => channel },
  {
    name: 'Reached',
    show: (receiver) => {
      const { word, tone, words } = receiverInWords(receiver);
      return (
        <>
          <Word tone={tone}>{word}</Word> <Text of={words} />
        </>
      );
    },
  },
  {
    name: 'Last accepted',
    show: ({ state, lastAcceptedAt }) =>
      lastAcceptedAt === undefined ? (
        state === 'unknown' ? (
          'cannot tell'
        ) : (
          'never'
        )
      ) : (
        <Ago at={lastAcceptedAt} />
      ),
  },
  {
    name: 'Failing since',
    show: ({ failingSince }) => (failingSince === undefined ? '' : <Ago at={failingSince} />),
  },
  {
    name: 'Held up since',
    show: ({ heldUp }) => (heldUp === undefined ? '' : <Ago at={heldUp.since} />),
  },
];

type Attempt = NonNullable<Receiver['attempts']>[number] & Pick<Receiver, 'channel'>;

const ATTEMPTS: readonly Column<Attempt>[] = [
  { name: 'When', show: ({ at }) => <At at={at} /> },
  { name: 'Channel', show: ({ channel }) => channel },
  { name: 'Incident', show: ({ reference }) => <code>{reference}</code> },
  {
    name: 'Message',
    show: ({ title, receiver }) => <Text of={receiver === undefined ? title : `To ${receiver}: ${title}`} />,
  },
  {
    name: 'Answer',
    show: ({ result, status }) => (
      <Word tone={result === 'accepted' ? 'good' : 'bad'}>
        {status === undefined ? result : `${result} (${status})`}
      </Word>
    ),
  },
];

/** Of all channels, newest first. */
function attemptsIn(receivers: readonly Receiver[]): readonly Attempt[] {
  return receivers
    .flatMap(({ channel, attempts = [] }) => attempts.map((one) => ({ ...one, channel })))
    .sort((a, b) => b.at.localeCompare(a.at));
}

/** The channels, and what became of each attempt to send; where there is no channel, that is said. */
export function Receivers({ of }: { readonly of: readonly Receiver[] }): JSX.Element {
  return (
    <section>
      <h2>Receivers</h2>
      {of.length === 0 ? (
        <Note tone="warn" title="No channel is configured: the product itself notifies nobody" />
      ) : (
        <>
          <Table
            caption="Channels to people"
            columns={COLUMNS}
            rows={of}
            idOf={({ channel }) => channel}
            empty="None."
          />
          <h3>Attempts to send</h3>
          <p>Accepted is what the service answered: whether anybody has read a message, it does not say.</p>
          <Table
            caption="Attempts to send"
            columns={ATTEMPTS}
            rows={attemptsIn(of)}
            idOf={({ at, channel, reference, title }) => `${at} ${channel} ${reference} ${title}`}
            empty={nothingIn(
              of.every(({ state }) => state !== 'unknown'),
              'Nothing was sent yet.',
            )}
          />
        </>
      )}
    </section>
  );
}
