/** How the key stands now. */

import type { JSX } from 'preact';
import type { KeyLine } from '../../api/model.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Facts } from '../../ui/facts.tsx';
import { KeyWord } from '../../ui/said.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, At } from '../../ui/time.tsx';
import { sentence } from '../../words/count.ts';
import { coverageInWords, keyState, riskWord } from '../../words/states.ts';

/** The facts. */
export function KeyFacts({ line, isOld }: { readonly line: KeyLine; readonly isOld: boolean }): JSX.Element {
  const { state, word, risk, detail, createdAt, backupAt, deletedAt, deletedBy, purgeAt } = line;
  return (
    <>
      <p>
        <KeyWord value={word} isOld={isOld} /> {risk !== undefined && <strong>{riskWord(risk)}.</strong>}{' '}
        <Text of={sentence(detail ?? '')} />
      </p>
      {state === 'deleted' && purgeAt !== undefined && (
        <Countdown what="Purged" ended="Its retention has ended" from={deletedAt} until={purgeAt} />
      )}
      <Facts
        of={[
          ['State', keyState(state)],
          ['Coverage', coverageInWords(line)],
          ['Newest backup', backupAt === undefined ? 'none' : <Ago at={backupAt} />],
          ['Newest version made', createdAt !== undefined && <At at={createdAt} />],
          ['Deleted', deletedAt !== undefined && <At at={deletedAt} />],
          ['Deleted by', deletedAt !== undefined && (deletedBy ?? 'not named by the HSM’s log')],
        ]}
      />
    </>
  );
}
