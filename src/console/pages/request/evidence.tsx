/** What was found before anybody was asked: the evidence, its disagreements, the versions, the digest. */

import type { JSX } from 'preact';
import type { RequestView } from '../../api/model.ts';
import { Facts } from '../../ui/facts.tsx';
import { Sentences } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { counted } from '../../words/count.ts';

/** The section. */
export function Evidence({ of }: { readonly of: RequestView }): JSX.Element {
  const { preflight, operation, digest, id } = of;
  const { backup } = operation;
  const versions = backup?.versions ?? [];
  const confirmed = versions.filter((version) => version.confirmed).length;
  return (
    <section>
      <h2>Evidence</h2>
      {preflight.length === 0 ? (
        <p class="empty">Nothing was noted when the request was made.</p>
      ) : (
        <Sentences of={preflight} />
      )}
      {versions.length > 0 && (
        <details>
          <summary>
            {counted(versions.length, 'version')} expected, {confirmed} confirmed by the catalogue
          </summary>
          <ul>
            {versions.map(({ version, thumbprint, confirmed: isConfirmed }) => (
              <li key={version}>
                <code>{version}</code> {isConfirmed ? 'confirmed' : 'not confirmed'}
                {thumbprint === undefined && ', without a public key to compare'}
              </li>
            ))}
          </ul>
        </details>
      )}
      <details>
        <summary>Digest and identifiers</summary>
        <Facts
          of={[
            ['Digest', <code key="digest">{digest}</code>],
            ['Request', <code key="id">{id}</code>],
            ['Backup', backup !== undefined && <code key="blob">{backup.blob}</code>],
            ['SHA-256 of the backup', backup !== undefined && <code key="sha">{backup.sha256}</code>],
            ['Captured', backup !== undefined && <At key="at" at={backup.capturedAt} />],
          ]}
        />
      </details>
    </section>
  );
}
