/** Which resources a deployment consists of: no other, and each as it must be. */
import type { Facts } from './facts.ts';
import { differences, type Pattern } from './pattern.ts';
import type { JsonValue, Resource } from './snapshot.ts';

/** A resource that must be there. */
export interface Expected {
  /** The rule that it belongs to; complaints begin with it. */
  readonly rule: string;
  readonly type: string;
  readonly name: string | RegExp;
  /** Id of the resource that it is an extension of, such as the account of a lock. */
  readonly on?: string;
  /** Everything but its id, type, name and API version. */
  readonly like: { readonly [name: string]: Pattern };
}

/** What is missing, what is there unasked, and what differs. */
export function checkExpected({ snapshot }: Facts, expected: readonly Expected[]): readonly string[] {
  const left = new Set(snapshot.predictedResources);
  const problems = expected.flatMap((one) => {
    const found = [...left].find((resource) => isMeant(resource, one));
    if (found === undefined) {
      return [
        `${one.rule}: nothing makes ${one.type} ${String(one.name)}${one.on ? ` on ${short(one.on)}` : ''}`,
      ];
    }
    left.delete(found);
    return differences(body(found), one.like).map(
      (difference) => `${one.rule}: ${short(found.type)} ${found.name}: ${difference}`,
    );
  });
  return [
    ...problems,
    ...[...left].map(({ type, name, id }) => `unasked: no rule expects ${type} ${name} (${id})`),
  ];
}

function isMeant(resource: Resource, { type, name, on }: Expected): boolean {
  return (
    resource.type === type &&
    (typeof name === 'string' ? resource.name === name : name.test(resource.name)) &&
    (on === undefined || resource.id.startsWith(`${on}/providers/`))
  );
}

function body({ id: _id, type: _type, name: _name, apiVersion: _apiVersion, ...rest }: Resource): JsonValue {
  return JSON.parse(JSON.stringify(rest));
}

function short(idOrType: string): string {
  return idOrType.split('/').slice(-2).join('/');
}
