/** The gate before reading: shut for whoever may be forged, open while only the audit log is in doubt. */
import type { Gate } from './gate.ts';

/** Fails with `gate-disarmed` unless the gate is armed, or only the audit log is the reason why it is not. */
export async function passForReading(gate: Pick<Gate, 'verdict' | 'passForRearming'>): Promise<void> {
  const { armed } = await gate.verdict();
  if (!armed) await gate.passForRearming();
}
