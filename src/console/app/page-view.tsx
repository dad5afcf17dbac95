/** The page of an address. All pages come in one file: together they weigh less than one more round trip. */
import type { ComponentType, JSX } from 'preact';
import { AuditPage } from '../pages/audit/audit-page.tsx';
import { DrillsPage } from '../pages/drills/drills-page.tsx';
import { HomePage } from '../pages/home/home-page.tsx';
import { InboxPage } from '../pages/inbox/inbox-page.tsx';
import { DeletedPage } from '../pages/keys/deleted-page.tsx';
import { KeyPage } from '../pages/keys/key-page.tsx';
import { KeysPage } from '../pages/keys/keys-page.tsx';
import { NightPage } from '../pages/nights/night-page.tsx';
import { NightsPage } from '../pages/nights/nights-page.tsx';
import { RequestPage } from '../pages/request/request-page.tsx';
import { RequestsPage } from '../pages/requests/requests-page.tsx';
import { HsmsPage } from '../pages/settings/hsms-page.tsx';
import { SettingsPage } from '../pages/settings/settings-page.tsx';
import type { PageAt, PageName } from '../routing/page-at.ts';
import { Link } from '../routing/router.tsx';
import { Page } from '../ui/page.tsx';

/** What every page is given: the parts of its address. */
interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

const PAGES: Readonly<Record<PageName, ComponentType<PageProps>>> = {
  home: HomePage,
  keys: KeysPage,
  key: KeyPage,
  deleted: DeletedPage,
  requests: RequestsPage,
  request: RequestPage,
  inbox: InboxPage,
  nights: NightsPage,
  night: NightPage,
  drills: DrillsPage,
  audit: AuditPage,
  hsms: HsmsPage,
  settings: SettingsPage,
};

/** The page at `at`. */
export function PageView({ at }: { readonly at: PageAt | undefined }): JSX.Element {
  if (at === undefined) {
    return (
      <Page title="No such page" lead="The address leads nowhere.">
        <p>
          <Link href="/">Home</Link>
        </p>
      </Page>
    );
  }
  const View = PAGES[at.name];
  return <View params={at.params} />;
}
