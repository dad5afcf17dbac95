/** Settings: what is configured, is the gate armed, and are people reached? Nothing can be changed here. */

import type { JSX } from 'preact';
import type { Settings } from '../../api/model.ts';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Sentences } from '../../ui/text.tsx';
import { At } from '../../ui/time.tsx';
import { counted, listed } from '../../words/count.ts';
import { Receivers } from './receivers.tsx';
import { useSettings } from './use-settings.ts';

type Setting = Settings['settings'][number];

const COLUMNS: readonly Column<Setting>[] = [
  { name: 'Setting', show: ({ name }) => <code>{name}</code> },
  {
    name: 'Value',
    show: ({ value, secret, isDefault }) => (
      <>
        {value === null ? 'not set' : secret ? 'set, not shown' : <code>{value}</code>}
        {isDefault && value !== null && ' (default)'}
      </>
    ),
  },
  { name: 'Meaning', show: ({ description }) => description },
];

/** The page. */
export function SettingsPage(): JSX.Element {
  const settings = useSettings();
  return (
    <Page title="Settings" lead="What is configured. It is changed in the deployment, not here.">
      <Loaded of={settings} what="the settings">
        {(value) => (
          <>
            <Gate of={value} />
            <Policy of={value} />
            <Receivers of={value.receivers} />
            {areasOf(value.settings).map(([area, rows]) => (
              <section key={area}>
                <h2>{area}</h2>
                <Table caption={area} columns={COLUMNS} rows={rows} idOf={({ name }) => name} empty="None." />
              </section>
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Gate({ of: { gate, seals } }: { readonly of: Settings }): JSX.Element {
  return (
    <>
      <Note
        tone={gate.armed ? 'good' : 'bad'}
        title={gate.armed ? 'The gate is armed' : 'The gate is disarmed: nothing is approved or executed'}
      >
        {gate.override && <p>An override lets a single approval suffice.</p>}
        <Sentences of={gate.problems} />
        <p>
          Checked <At at={gate.checkedAt} />.
        </p>
      </Note>
      {!seals && (
        <Note tone="warn" title="Seals are not configured">
          <p>Whoever can write the storage can make up what the console shows.</p>
        </Note>
      )}
    </>
  );
}

function Policy({ of: { policy, signIn } }: { readonly of: Settings }): JSX.Element {
  const contexts = Object.entries(signIn.contexts).map(([action, context]) => `${action}: ${context}`);
  return (
    <section>
      <h2>Approvals</h2>
      <Facts
        of={[
          ['Every key', ruleInWords(policy)],
          ...policy.rules.map((rule) => [rule.pattern, ruleInWords(rule)] as const),
          ['Sign-in for an approval', `not older than ${counted(signIn.approvalMinutes, 'minute')}`],
          ['Authentication contexts', contexts.length === 0 ? 'none' : listed(contexts)],
        ]}
      />
    </section>
  );
}

function ruleInWords(rule: {
  readonly approvals: number;
  readonly groups: readonly string[];
  readonly hours: number;
}): string {
  const groups = rule.groups.length === 0 ? '' : `, with somebody of ${listed(rule.groups)}`;
  return `${counted(rule.approvals, 'approval')}${groups}, within ${counted(rule.hours, 'hour')}`;
}

function areasOf(settings: readonly Setting[]): readonly (readonly [string, readonly Setting[]])[] {
  return [...Map.groupBy(settings, ({ area }) => area)];
}
