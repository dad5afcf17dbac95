/** Are people reached? */
import type { JSX } from 'preact';
import type { Settings } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ago } from '../../ui/time.tsx';
import { Word } from '../../ui/word.tsx';
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
          <Word tone={tone}>{word}</Word> {words}
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
];

/** The channels; where there is none, that is said. */
export function Receivers({ of }: { readonly of: readonly Receiver[] }): JSX.Element {
  return (
    <section>
      <h2>Receivers</h2>
      {of.length === 0 ? (
        <Note tone="warn" title="No channel is configured: the product itself notifies nobody" />
      ) : (
        <Table
          caption="Channels to people"
          columns={COLUMNS}
          rows={of}
          idOf={({ channel }) => channel}
          empty="None."
        />
      )}
    </section>
  );
}
