/** HSMs: what is protected? */
import type { JSX } from 'preact';
import type { Home, HomeHsm, Settings } from '../../api/model.ts';
import { useResource } from '../../api/resource.ts';
import { Link } from '../../routing/router.tsx';
import { FleetDoubt } from '../../ui/fleet-doubt.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Said } from '../../ui/said.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Text } from '../../ui/text.tsx';
import { Ago, At, useNow } from '../../ui/time.tsx';
import { verdictNow } from '../../words/judge.ts';
import { useSettings } from './use-settings.ts';

interface Row {
  readonly name: string;
  readonly url: string;
  readonly resource?: string;
  readonly added?: Settings['hsms'][number]['added'];
  readonly seen: HomeHsm | undefined;
}

/** The page. */
export function HsmsPage(): JSX.Element {
  const now = useNow();
  const settings = useSettings();
  const home = useResource<Home>('home', (api, signal) => api.get('console/home', {}, signal), 60_000);
  const columns: readonly Column<Row>[] = [
    { name: 'HSM', show: ({ name }) => <Link href={`/keys?hsm=${encodeURIComponent(name)}`}>{name}</Link> },
    {
      name: 'Keys',
      show: ({ seen }) => (
        <Said
          of="verdict"
          value={seen === undefined || home.problem !== undefined ? 'unknown' : verdictNow(seen, now)}
        />
      ),
    },
    {
      name: 'Last scan',
      show: ({ seen }) => (seen?.scannedAt === undefined ? 'not known' : <Ago at={seen.scannedAt} />),
    },
    { name: 'Protected by', show: ({ added }) => <ProtectedBy added={added} /> },
    { name: 'Address', show: ({ url }) => <code>{url}</code> },
    {
      name: 'Resource',
      show: ({ resource }) => (resource === undefined ? 'not configured' : <code>{resource}</code>),
    },
  ];
  return (
    <Page title="HSMs" lead="What is protected.">
      <Loaded of={settings} what="the HSMs">
        {({ hsms, fleetDoubt }) => (
          <>
            <FleetDoubt of={fleetDoubt} />
            <Table
              caption="HSMs"
              columns={columns}
              rows={hsms.map((hsm) => ({
                ...hsm,
                seen: home.value?.hsms.find(({ hsm: name }) => name === hsm.name),
              }))}
              idOf={({ name }) => name}
              empty="No HSM is configured."
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Who decided that the HSM is protected: the settings, or a person. */
function ProtectedBy({ added }: Pick<Row, 'added'>): JSX.Element {
  if (added === undefined) return <>the settings</>;
  const { by, at, reason, line } = added;
  return (
    <>
      added by {by}, <At at={at} />: <Text of={reason} /> (line {line} of the audit log)
    </>
  );
}
