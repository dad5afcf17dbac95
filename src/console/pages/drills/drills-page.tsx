/** Drills: when did we last prove a restore? */
import type { JSX } from 'preact';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';

/** The page. It says nothing is proven as long as nothing has proven it. */
export function DrillsPage(): JSX.Element {
  return (
    <Page title="Drills" lead="When did we last prove a restore, and which key is unproven for longest?">
      <Note tone="unknown" title="Restores are unproven">
        <p>
          No restore drill has run. Backups are made, read back and compared, but whether they restore has not
          been shown: every key is unproven.
        </p>
      </Note>
    </Page>
  );
}
