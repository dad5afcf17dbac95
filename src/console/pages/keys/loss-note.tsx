/** A lost key: what it means, and the way to take note of it. */
import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { KeyLine } from '../../api/model.ts';
import { Note } from '../../ui/note.tsx';
import { At } from '../../ui/time.tsx';
import { lossInWords } from '../../words/loss.ts';
import { Acknowledge } from '../acknowledge.tsx';

interface LossNoteProps {
  readonly line: KeyLine;
  /** Called when it was acknowledged. */
  readonly after: () => void;
}

/** The remark. */
export function LossNote({ line, after }: LossNoteProps): JSX.Element {
  const { can } = useContext(MeContext);
  const { finding = '', acknowledged } = line.loss ?? {};
  const { title, words, tone, canAcknowledge } = lossInWords(line);
  return (
    <Note tone={tone} title={title}>
      <p>{words}</p>
      {acknowledged !== undefined && (
        <p>
          Acknowledged by {acknowledged.by}, <At at={acknowledged.at} />: {acknowledged.reason}
        </p>
      )}
      <Acknowledge
        id={finding}
        path={`findings/${encodeURIComponent(finding)}/acknowledgement`}
        button="Acknowledge the loss"
        isOffered={can.approve && canAcknowledge}
        title={`Acknowledge that ${line.key} is lost`}
        question="Why may it stay lost?"
        isDangerous
        after={after}
      />
    </Note>
  );
}
