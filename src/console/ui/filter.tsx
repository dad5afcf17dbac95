/** Fields that narrow a list; each change stands in the address. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** The fields of one list, named for who cannot see them. */
export function Filter({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <search aria-label={name}>
      <form class="filter" onSubmit={(event) => event.preventDefault()}>
        {children}
      </form>
    </search>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
}

/** A field for words; it counts when it is left or Enter is pressed. */
export function SearchField({ label, value, set }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="search"
        value={value}
        autocomplete="off"
        onChange={(event) => set(event.currentTarget.value.trim())}
      />
    </div>
  );
}

interface ChoiceProps extends FieldProps {
  /** Values and their words; the empty value is "any". */
  readonly of: readonly (readonly [value: string, word: string])[];
}

/** A field with a few values. */
export function Choice({ label, value, set, of }: ChoiceProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {of.map(([option, word]) => (
          <option key={option} value={option}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A field for a day. */
export function DayField({ label, value, set }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={(event) => set(event.currentTarget.value)} />
    </div>
  );
}
