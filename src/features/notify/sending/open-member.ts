/** What was said of a channel, as the incidents know it. */
import { readDocument } from '../../../core/documents/update-document.ts';
import { INCIDENTS, type Member, PRODUCT_SCOPE } from '../model/incident-state.ts';
import type { SendDeps } from './send-due.ts';

/** The open incident about `subject` among those about channels; undefined where nothing was said, or it is over. Fails with a storage code or `state-corrupt`. */
export async function openMember(state: SendDeps['state'], subject: string): Promise<Member | undefined> {
  const address = { kind: 'notify-incidents', scope: PRODUCT_SCOPE } as const;
  const { value } = await readDocument(state, INCIDENTS, address);
  return Object.values(value?.threads ?? {})
    .filter(({ family, closedAt }) => family === 'channel' && closedAt === undefined)
    .map(({ members }) => members[subject])
    .find((member) => member?.state === 'open');
}
