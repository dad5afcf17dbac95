/** What a message that was set aside was about: it may be anything, so each word counts alone. */
import { z } from 'zod';
import type { DeadLetter } from '../../core/ports.ts';

const Word = z.string().max(200).optional().catch(undefined);

const About = z.object({
  kind: Word,
  hsm: Word,
  key: Word,
  runId: Word,
  /** Of a recovery. */
  id: Word,
});

/** What a message was about, as far as it says. */
export interface MessageAbout {
  readonly kind?: string;
  readonly hsm?: string;
  readonly key?: string;
  readonly runId?: string;
  readonly id?: string;
}

/** What a message was about; what it does not say is absent. */
export function aboutOf({ message }: Pick<DeadLetter, 'message'>): MessageAbout {
  const read = About.safeParse(message);
  if (!read.success) return {};
  return Object.fromEntries(Object.entries(read.data).filter(([, word]) => word !== undefined));
}
