/** Drills: when did we last prove a restore? */
import type { JSX } from 'preact';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';

/** The page. The API answers nothing of drills, so that nothing is called proven here. */
export function DrillsPage(): JSX.Element {
  return (
    <Page title="Drills" lead="When did we last prove a restore, and which key is unproven for longest?">
      <Note tone="unknown" title="The console cannot tell whether restores are proven">
        <p>
          Backups are made, read back and compared; whether they restore is shown by restore drills alone. The
          console does not see their results.
        </p>
        <p>
          <code>hsm-warden drill list</code> shows what drills have proven. Count every key as unproven that
          it does not show as proven.
        </p>
      </Note>
    </Page>
  );
}
