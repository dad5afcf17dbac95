metadata name = 'Settings'
metadata description = 'Every setting of the product that the deployment leaves to the operator. Made by `npm run infra:check -- --update` from the code.'

@export()
@description('Product settings by name. docs/configuration.md describes each; what the deployment decides itself is not among them.')
@sealed()
type productSettingsType = {
  @description('Optional. When the nightly run starts. Expected: six-field NCRONTAB text, UTC.')
  WARDEN_SCHEDULE: string?

  @description('Optional. Key backups a second on each HSM that sets no pace of its own, all processes together. The service allows 10 a second to everybody; one more than this may start for changed and recovered keys. Expected: 0.1 to 10.')
  WARDEN_PACE: string?

  @description('Optional. Keys of one HSM under way at the same time. Expected: 1 to 64.')
  WARDEN_CONCURRENCY: string?

  @description('Optional. No backup grows older than this, even of an unchanged key. Expected: 1 to 90 days.')
  WARDEN_REFRESH_DAYS: string?

  @description('Optional. Only keys whose name matches one of these are backed up. Expected: names with `*`, separated by commas.')
  WARDEN_INCLUDE: string?

  @description('Optional. Keys whose name matches one of these are left out. Expected: names with `*`, separated by commas.')
  WARDEN_EXCLUDE: string?

  @description('Optional. Keys that carry one of these tags are left out. Expected: `tag` or `tag=value`, separated by commas.')
  WARDEN_EXCLUDE_TAGS: string?

  @description('Optional. After this long a worker hands over to its continuation, well under the functionTimeout of host.json. Expected: 60 to 1500 seconds.')
  WARDEN_BUDGET_SECONDS: string?

  @description('Optional. When the watch scans every HSM. Expected: six-field NCRONTAB text, UTC.')
  WARDEN_WATCH_SCHEDULE: string?

  @description('Optional. How long before its purge a deleted key is reported again. Expected: days and hours separated by commas, at most 90 days.')
  WARDEN_PURGE_THRESHOLDS: string?

  @description('Optional. How long a new key may be without a backup. Without an audit feed a new key waits for the nightly run: then set 1500. Expected: 0 to 2880 minutes.')
  WARDEN_UNPROTECTED_AFTER_MINUTES: string?

  @description('Optional. Shortest soft-delete retention of an HSM that is not reported. Expected: 7 to 90 days.')
  WARDEN_MIN_RETENTION_DAYS: string?

  @description('Optional. How long an HSM may fail to answer the watch before that is reported. Expected: 0 to 1440 minutes.')
  WARDEN_UNREACHABLE_AFTER_MINUTES: string?

  @description('Optional. When the verification of all stored backups starts. Expected: six-field NCRONTAB text, UTC.')
  WARDEN_VERIFY_SCHEDULE: string?

  @description('Optional. The delegated scope a person’s token must carry. Expected: the name of a scope of the app registration.')
  WARDEN_AUTH_SCOPE: string?

  @description('Optional. The issuer of the tokens; for sovereign clouds and local use. Expected: an https URL (http only on loopback).')
  WARDEN_AUTH_ISSUER: string?

  @description('Optional. Where the issuer’s signing keys are; for sovereign clouds and local use. Expected: an https URL (http only on loopback).')
  WARDEN_AUTH_KEYS_URL: string?

  @description('Optional. How many people must approve a recovery, besides the one who asks. Expected: 2 to 10; 1 only with `WARDEN_APPROVAL_OVERRIDE_UNTIL`.')
  WARDEN_APPROVALS: string?

  @description('Optional. Groups or app roles that must all be among the approvers, each in a person of its own. Expected: names separated by commas, no more than approvals.')
  WARDEN_APPROVAL_GROUPS: string?

  @description('Optional. How long a request may be approved and started. Expected: 0.1 to 168 hours.')
  WARDEN_APPROVAL_HOURS: string?

  @description('Optional. Other demands for some keys; the first pattern that matches counts. Expected: a JSON array of `{pattern, approvals?, groups?, hours?}`.')
  WARDEN_APPROVAL_RULES: string?

  @description('Optional. Until then one approval may suffice where the settings say 1. It raises an event every day and shuts the gate when it ends. Expected: a moment like `2026-12-01T00:00:00Z`.')
  WARDEN_APPROVAL_OVERRIDE_UNTIL: string?

  @description('Optional. How many requests of one person may wait or be executed at the same time. One more is refused with 429 `too-many-open`. Expected: 1 to 10000.')
  WARDEN_OPEN_PER_REQUESTER: string?

  @description('Optional. How many requests for the keys of one HSM may wait or be executed at the same time. One more is refused with 429 `too-many-open`. Expected: 1 to 10000.')
  WARDEN_OPEN_PER_HSM: string?

  @description('Optional. How long a request that has ended stays in the list. By its id it can be read for good, and the audit log keeps it. Expected: 1 to 3650 days.')
  WARDEN_LIST_DAYS: string?

  @description('Optional. How old the sign-in behind an approval, an acknowledgement or a note of break glass may be: a token keeps what it says as long as it lives. Tokens must say when the person signed in (`auth_time`). Expected: 1 to 1440 minutes.')
  WARDEN_APPROVAL_SIGN_IN_MINUTES: string?

  @description('Optional. The Entra authentication context that an action needs; without it in the token the person is sent to sign in again. `adopt` is the approval of an adoption; unless named it needs what `approve` needs, and `break-glass` what `acknowledge` needs. Expected: JSON like `{"approve":"c1"}`; actions are `request`, `approve`, `adopt`, `reject`, `cancel`, `acknowledge`, `break-glass`, `rearm`.')
  WARDEN_STEP_UP: string?

  @description('Optional. HSMs that share a security domain, so that one can restore the other’s backups. Expected: HSM names joined by `+`; several such groups separated by commas.')
  WARDEN_SHARED_DOMAINS: string?

  @description('Optional. Requests each webhook source may open in a minute. Expected: 1 to 600.')
  WARDEN_WEBHOOK_RATE: string?

  @description('Optional. Whether a key about to be purged, or purged, opens a request without a person when the watch’s events are delivered to a webhook. Expected: `true` or `false`.')
  WARDEN_AUTO_REQUEST: string?

  @description('Optional. The key that this app seals with: an EC key on P-256, of which the app’s identity may read the public part and use the private one to sign, and nothing else. Expected: `https://{vault}/keys/{name}/{version}`.')
  WARDEN_SEAL_KEY_URL: string?

  @description('Optional. The public keys whose seals are believed, of all apps and of former keys, and what seals name the deployment by. `hsm-warden seal export` prints it. Expected: JSON like `{"deployment":"…","keys":[{"app":"backup","x":"…","y":"…"}]}`; a key may have `from`, `until`, `fromPosition`, `untilPosition` and `revoked`, and `url` in place of `x` and `y`.')
  WARDEN_SEAL_PUBLIC_KEYS: string?

  @description('Optional. Where people are reached; `docs/notifications.md` describes each kind. Secrets and addresses that are secrets are in `WARDEN_NOTIFY_SECRETS`. Expected: a JSON array of `{type, name, severity?, kinds?, hsms?, keys?, …}`.')
  WARDEN_NOTIFY_CHANNELS: string?

  @description('Optional. Hosts that messages may be sent to. A name with a dot in front stands for everything below it. Webhooks and mail servers of your own have to be named. Expected: host names separated by commas.')
  WARDEN_NOTIFY_HOSTS: string?

  @description('Optional. Those of these hosts that may have a private address, or one of this machine. Expected: host names separated by commas.')
  WARDEN_NOTIFY_PRIVATE_HOSTS: string?

  @description('Optional. How the groups of `WARDEN_APPROVAL_GROUPS` are reached for a request: at once on the first channel, later on the next ones; by mail the people named. Expected: a JSON array of `{group, channels, people?: [{name, id?, mail?}]}`.')
  WARDEN_NOTIFY_APPROVERS: string?

  @description('Optional. Who asks for recoveries without being an approver, so that they hear by mail what becomes of their requests. Expected: a JSON array of `{name, id?, mail}`.')
  WARDEN_NOTIFY_PEOPLE: string?

  @description('Optional. Minutes after which people are reminded of a request that still lacks approvals: first on the same channel, then on the next ones. Expected: minutes in rising order, up to 10 of them.')
  WARDEN_NOTIFY_REMINDERS: string?

  @description('Optional. After how many hours what lasts is repeated, by severity; each further pause is twice as long, up to a day. A severity that is not named is not repeated. Expected: severities with hours, separated by commas.')
  WARDEN_NOTIFY_REPEAT: string?

  @description('Optional. Whether messages show two characters and a hash in place of the names of keys. Expected: `true` or `false`.')
  WARDEN_NOTIFY_MASK_KEYS: string?

  @description('Optional. When a test message is sent through each channel. Expected: six-field NCRONTAB text, UTC.')
  WARDEN_NOTIFY_TEST_SCHEDULE: string?

  @description('Optional. Days within which the newest recovery point of every key is proven to restore; of new and changed keys within 24 hours. Expected: 1 to 365 days.')
  WARDEN_DRILL_DAYS: string?

  @description('Optional. When the drills of a night start. Expected: six-field NCRONTAB text, UTC.')
  WARDEN_DRILL_SCHEDULE: string?

  @description('Optional. Restores, deletions and purges a second in a drill HSM. Expected: 0.1 to 10.')
  WARDEN_DRILL_PACE: string?

  @description('Optional. The key that seals the recovery points of drills that must fail, for the drill app alone: an EC key on P-256 that is neither pinned in `WARDEN_SEAL_PUBLIC_KEYS` nor used for anything else, so that nothing it seals counts. The app reads its public part. Expected: `https://{vault}/keys/{name}/{version}`.')
  WARDEN_DRILL_FAULT_KEY_URL: string?

  @description('Optional. Where the backup app searches for Managed HSMs every 15 minutes. It needs the role Reader there. One that WARDEN_HSMS does not name is reported until somebody adds it (hsm-warden hsm add), names it there, or excludes it. Expected: ids of subscriptions, or of management groups as `/providers/Microsoft.Management/managementGroups/{name}`, separated by commas.')
  WARDEN_DISCOVERY_SCOPES: string?

  @description('Optional. Azure Resource Manager, which is asked for the HSMs. It says which cloud they are of: an address in another domain than that of its Managed HSMs is sent no token. Expected: one of `https://management.azure.com`, `https://management.usgovcloudapi.net`, `https://management.chinacloudapi.cn`; any on loopback.')
  WARDEN_DISCOVERY_URL: string?
}
