/** People as the settings name them: by the directory's id, or by their mail address. */
import { z } from 'zod';

/** One mail address. */
export const MailAddress = z.string().regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'expected a mail address');

const Name = z.string().min(1).max(200);
/** Object id in the directory. */
const ObjectId = z.guid();

/** Somebody who may approve. */
export const ApprovingPerson = z.strictObject({
  name: Name,
  id: ObjectId.exactOptional(),
  mail: MailAddress.exactOptional(),
});
export type NamedPerson = z.infer<typeof ApprovingPerson>;

/** Somebody who hears by mail what becomes of their requests. */
export const ReachablePerson = z.strictObject({
  name: Name,
  id: ObjectId.exactOptional(),
  mail: MailAddress,
});

/** Who did something, as the directory names them. */
interface Directory {
  readonly id: string;
  readonly name: string;
}

/** Whether the settings mean `actor` by `person`: by the id, and where they have none by the address they sign in with. */
export function isSamePerson({ id, mail }: NamedPerson, actor: Directory): boolean {
  if (id !== undefined) return id.toLowerCase() === actor.id.toLowerCase();
  return mail !== undefined && mail.toLowerCase() === actor.name.toLowerCase();
}

/** The address of `actor`; undefined where the settings have none. */
export function mailOf(people: readonly NamedPerson[], actor: Directory): string | undefined {
  return people.find((person) => person.mail !== undefined && isSamePerson(person, actor))?.mail;
}
