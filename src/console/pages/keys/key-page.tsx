/** Key: what happened to this key? */
import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { MeContext } from '../../api/context.ts';
import type { KeyDetail } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { AsOf } from '../../ui/as-of.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { NotRead } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { useNow } from '../../ui/time.tsx';
import { isStale } from '../../words/judge.ts';
import { AskDialog, askedBefore } from './ask-dialog.tsx';
import { Backups } from './backups.tsx';
import { KeyFacts } from './key-facts.tsx';
import { KeyRequests } from './key-requests.tsx';
import { LossNote } from './loss-note.tsx';
import { Timeline } from './timeline.tsx';

/** The page. */
export function KeyPage({ params }: { readonly params: Readonly<Record<string, string>> }): JSX.Element {
  const { hsm = '', key = '' } = params;
  const detail = useResource<KeyDetail>(
    `key ${hsm} ${key}`,
    (api, signal) => api.get('console/key', { hsm, key }, signal),
    60_000,
  );
  const now = useNow();
  const [isAsking, setAsking] = useState(() => isAskedBefore(hsm, key));
  const { can } = useContext(MeContext);
  return (
    <Page title={key} lead={`A key on ${hsm}`}>
      <Loaded of={detail} what="the key">
        {(value) => (
          <>
            <AsOf of={[value.asOf]} />
            <NotRead of={value.unknown} />
            <KeyFacts line={value.line} isOld={isStale(value.asOf, now) || detail.problem !== undefined} />
            {value.line.loss !== undefined && <LossNote line={value.line} after={detail.reload} />}
            {can.request && value.line.state !== 'active' && value.line.request === undefined && (
              <p>
                <button type="button" class="primary" onClick={() => setAsking(true)}>
                  Ask for recovery
                </button>
              </p>
            )}
            <KeyRequests of={value.requests} />
            <Timeline of={value.timeline} isCut={value.truncated} />
            <Backups of={value.backups} isUnsure={value.unknown.length > 0} />
          </>
        )}
      </Loaded>
      {isAsking && <AskDialog hsm={hsm} name={key} close={() => setAsking(false)} />}
    </Page>
  );
}

function isAskedBefore(hsm: string, key: string): boolean {
  const before = askedBefore();
  return before?.hsm === hsm && before.key === key;
}
