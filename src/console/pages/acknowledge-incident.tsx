/** The way to take note of an incident that lasts. */
import type { JSX } from 'preact';
import { announce } from '../ui/announce.tsx';
import { Acknowledge } from './acknowledge.tsx';

interface AcknowledgeIncidentProps {
  readonly id: string;
  /** As messages call it. */
  readonly reference: string;
  readonly isOffered: boolean;
  /** Called when it was acknowledged. */
  readonly after: () => void;
}

/** The button with its dialog. */
export function AcknowledgeIncident({
  id,
  reference,
  isOffered,
  after,
}: AcknowledgeIncidentProps): JSX.Element {
  return (
    <Acknowledge
      id={id}
      path={`incidents/${encodeURIComponent(id)}/acknowledgement`}
      button="Acknowledge"
      label={`Acknowledge ${reference}`}
      isOffered={isOffered}
      title={`Acknowledge ${reference}`}
      question="Why need nobody be reminded?"
      after={() => {
        announce(`${reference} is acknowledged.`);
        after();
      }}
    >
      <p>It is not repeated until it grows worse. Nothing else changes: what is wrong stays wrong.</p>
    </Acknowledge>
  );
}
