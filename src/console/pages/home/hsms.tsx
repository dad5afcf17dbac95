/** The HSMs: cards, what needs somebody first; of a fleet those that need nobody are rows. */
import type { JSX } from 'preact';
import type { HomeHsm } from '../../api/model.ts';
import { useNow } from '../../ui/time.tsx';
import { isCalm, worstFirst } from '../../words/judge.ts';
import { HsmCard } from './hsm-card.tsx';
import { HsmTable } from './hsm-table.tsx';

/** So many HSMs all have a card. */
const FEW = 6;

/** The section. */
export function Hsms({ of }: { readonly of: readonly HomeHsm[] }): JSX.Element {
  const now = useNow();
  const ordered = worstFirst(of, now);
  const rows = of.length <= FEW ? [] : ordered.filter((hsm) => isCalm(hsm, now));
  const cards = ordered.filter((hsm) => !rows.includes(hsm));
  return (
    <>
      <h2>HSMs</h2>
      {cards.length > 0 && (
        <div class="cards">
          {cards.map((hsm) => (
            <HsmCard key={hsm.hsm} of={hsm} />
          ))}
        </div>
      )}
      {rows.length > 0 && <HsmTable of={rows} />}
    </>
  );
}
