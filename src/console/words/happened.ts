/** What happened to a request, a sentence for each line of the audit log. */
import { sentence } from './count.ts';

const EVENTS: Readonly<Record<string, string>> = {
  requested: 'Asked for',
  'approval-given': 'Approved',
  approved: 'All approvals are there',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  expired: 'Its time ran out',
  'execution-started': 'The execution began',
  'execution-resumed': 'The execution went on',
  succeeded: 'Succeeded',
  failed: 'Failed',
  'restored-other-key': 'Another key than the approved one came back',
};

/** The sentence. An event that is new to the page stands as it is. */
export function happenedInWords(line: {
  readonly event: string;
  readonly by: string;
  readonly detail?: string;
  readonly signIn?: string;
}): string {
  const { event, by, detail, signIn } = line;
  const what = EVENTS[event] ?? event.replaceAll('-', ' ');
  const how = signIn === undefined ? '' : ` (${signIn})`;
  return sentence(`${what}, by ${by}${how}${detail === undefined ? '' : `: ${detail}`}`);
}
