/** The rules of the notifications, as the settings give them. */
import type { Severity } from '../../../core/events/severity.ts';
import type { AnyChannel, ApproverEntry } from './channel-entry.ts';
import type { NamedPerson } from './people.ts';

/** Durations are milliseconds. */
export interface NotifyPolicy {
  readonly channels: readonly AnyChannel[];
  readonly approvers: readonly ApproverEntry[];
  /** Others who ask for recoveries, and hear by mail what becomes of them. */
  readonly people?: readonly NamedPerson[];
  /** After how many hours what lasts is repeated, the first time; severities without an entry are not. */
  readonly repeatHours: Readonly<Partial<Record<Severity, number>>>;
  /** When people are reminded of a request after it was made: the first on the first channel again, the later ones on the next. */
  readonly remindersMs: readonly number[];
  readonly maskKeys: boolean;
}
