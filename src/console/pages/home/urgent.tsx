/** What needs somebody: requests that wait, keys that are lost, unprotected, or deleted. */

import type { JSX } from 'preact';
import type { Home } from '../../api/model.ts';
import { keyPath, requestPath } from '../../routing/paths.ts';
import { Link } from '../../routing/router.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Text } from '../../ui/text.tsx';
import { counted, sentence } from '../../words/count.ts';
import { operationTitle } from '../../words/operation.ts';
import { coverageInWords, riskWord } from '../../words/states.ts';
import { Ended } from './ended.tsx';
import { List } from './urgent-list.tsx';

/** The lists; each only where there is something. */
export function Urgent({ home }: { readonly home: Home }): JSX.Element {
  const { waiting, ended, hsms } = home;
  // They wait for nobody any more.
  const executing = waiting.items.filter(({ state }) => state === 'executing');
  const open = waiting.items.filter(({ state }) => state !== 'executing');
  const openCount = waiting.count - executing.length;
  const lost = hsms.flatMap(({ hsm, lost: items }) => items.map((item) => ({ hsm, ...item })));
  const risks = hsms.flatMap(({ hsm, risks: items }) => items.map((item) => ({ hsm, ...item })));
  const deleted = hsms.flatMap(({ hsm, deleted: items }) => items.map((item) => ({ hsm, ...item })));
  deleted.sort((a, b) => (a.purgeAt < b.purgeAt ? -1 : 1));
  const more = (count: number, shown: number): string => (count > shown ? `, ${shown} shown` : '');
  const total = (name: 'risks' | 'lost' | 'deleted', shown: number): number =>
    Math.max(
      shown,
      hsms.reduce((sum, { counts }) => sum + (counts?.[name] ?? 0), 0),
    );
  return (
    <>
      {waiting.unknown !== undefined && (
        <p class="note unknown">
          Waiting requests cannot be read: <Text of={waiting.unknown} />
        </p>
      )}
      <List title={`${counted(openCount, 'request waits', 'requests wait')}${more(openCount, open.length)}`}>
        {open.map((request) => (
          <li key={request.id}>
            <Link href={requestPath(request.id)}>{operationTitle(request)}</Link> asked by {request.requester}
            , {request.approvals} of {request.approvalsNeeded} approvals
            <Countdown what="Expires" ended="Expired" from={undefined} until={request.expiresAt} isSilent />
          </li>
        ))}
      </List>
      <List title={counted(executing.length, 'recovery in progress', 'recoveries in progress')}>
        {executing.map((request) => (
          <li key={request.id}>
            <Link href={requestPath(request.id)}>{operationTitle(request)}</Link> asked by {request.requester}
          </li>
        ))}
      </List>
      <Ended of={ended} isSaid={ended.unknown === waiting.unknown} />
      <List title={counted(total('lost', lost.length), 'lost key')}>
        {lost.map(({ hsm, key, lost: what }) => (
          <li key={`${hsm} ${key}`}>
            <Link href={keyPath(hsm, key)}>{key}</Link> on {hsm}:{' '}
            {what === 'key' ? 'no backup brings it back' : 'its newest version is in no backup'}
          </li>
        ))}
      </List>
      <List title={counted(total('risks', risks.length), 'key at risk', 'keys at risk')}>
        {risks.map(({ hsm, key, risk, detail }) => (
          <li key={`${hsm} ${key} ${risk}`}>
            <Link href={keyPath(hsm, key)}>{key}</Link> on {hsm}: <strong>{riskWord(risk)}.</strong>{' '}
            <Text of={sentence(detail)} />
          </li>
        ))}
      </List>
      <List title={counted(total('deleted', deleted.length), 'deleted key')}>
        {deleted.map(({ hsm, key, deletedAt, purgeAt, ...line }) => (
          <li key={`${hsm} ${key}`}>
            <Link href={keyPath(hsm, key)}>{key}</Link> on {hsm}. {coverageInWords(line)}
            <Countdown
              what="Purged"
              ended="Its retention has ended"
              from={deletedAt}
              until={purgeAt}
              isSilent
            />
          </li>
        ))}
      </List>
    </>
  );
}
