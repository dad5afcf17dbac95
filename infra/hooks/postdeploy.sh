#!/bin/sh
# After the deployment: gives the two identities their roles on each HSM of the deployment, one that it made included,
# tells Entra where the console is, and deploys the drill app's package where a drill HSM is named (drill-app.sh). Needs an administrator of the HSM who is signed in and can reach it.
#
# HSM_WARDEN_APPLY_ROLES
#   ask    shows the changes and asks (the default, with a person at the terminal)
#   check  changes nothing, and fails where a role is not in place (the default without one: nothing is ever asked)
#   yes    makes the changes without asking
#   later  as check, but does not fail: an administrator of the HSM does it by hand
# HSM_WARDEN_TEST_CHANNELS, where the deployment has notification channels
#   yes    sends a test through each, and fails where one accepts nothing (the default)
#   later  sends none, and does not fail: somebody who can reach the storage does it by hand
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/common.sh

need_tools node npm
[ -n "${HSM_WARDEN_HSMS:-}" ] ||
  die 'The outputs of the deployment are not there (HSM_WARDEN_HSMS).' 'azd provision, or azd env refresh, then azd deploy.'
[ -n "${HSM_WARDEN_BACKUP_PRINCIPAL:-}" ] && [ -n "${HSM_WARDEN_RECOVERY_PRINCIPAL:-}" ] ||
  die 'The outputs of the deployment are not there (HSM_WARDEN_BACKUP_PRINCIPAL, HSM_WARDEN_RECOVERY_PRINCIPAL).' \
    'azd env refresh, then azd deploy.'

mode=${HSM_WARDEN_APPLY_ROLES:-}
[ -n "$mode" ] || { if unattended; then mode=check; else mode=ask; fi; }
case "$mode" in
  ask)
    unattended && die 'HSM_WARDEN_APPLY_ROLES is ask, and nobody is here to ask.' \
      'azd env set HSM_WARDEN_APPLY_ROLES yes   (or check, or later)'
    ;;
  check | yes | later) ;;
  *) die "HSM_WARDEN_APPLY_ROLES is '$mode'." 'It is ask, check, yes or later.' ;;
esac

# A line for each HSM: its URL where the deployment names one, else its name.
addresses=$(node -e '
  for (const { name, url } of JSON.parse(process.env.HSM_WARDEN_HSMS)) {
    console.log(url === undefined ? `--hsm-name ${name}` : `--id ${url}`);
  }') || die 'The output HSM_WARDEN_HSMS is no list of HSMs.' 'azd env refresh, then azd deploy.'
[ -n "$addresses" ] || die 'The deployment protects no HSM.' 'Name one: hsms in infra/main.bicepparam.'

set -f
old_ifs=$IFS
IFS='
'
missing=''
for address in $addresses; do
  IFS=$old_ifs
  say "Roles on the HSM: $address"
  # shellcheck disable=SC2086
  case "$mode" in
    # Whether they are in place is judged by the check alone.
    ask) npm run --silent warden -- roles apply $address || true ;;
    yes) npm run --silent warden -- roles apply $address --yes </dev/null || true ;;
  esac
  # shellcheck disable=SC2086
  npm run --silent warden -- roles check $address </dev/null || missing="$missing
  npm run -s warden -- roles apply $address --backup-principal $HSM_WARDEN_BACKUP_PRINCIPAL --recovery-principal $HSM_WARDEN_RECOVERY_PRINCIPAL"
  IFS='
'
done
IFS=$old_ifs
set +f

sh infra/hooks/console-address.sh

say 'Each new mail address of alertReceivers gets a message from Azure; some organisations ask it for a one-time passcode first.'
say 'Test that alerts arrive: portal, Monitor, Alerts, Action groups, Test (docs/alerts.md).'
unconfirmed=''
sh infra/hooks/test-channels.sh || unconfirmed=yes
# The trouble of drills is not the other apps': all of them are deployed by now.
sh infra/hooks/drill-app.sh || unconfirmed=yes

if [ -z "$missing" ]; then
  [ -z "$unconfirmed" ] || exit 1
  exit 0
fi
say 'The apps are deployed, but CANNOT do their work yet: no key is backed up where the roles are not in place.'
say "A Managed HSM Administrator runs, from where the HSM can be reached:$missing"
say 'A new HSM takes no roles before its security domain was downloaded: az keyvault security-domain download --help'
[ "$mode" = later ] && [ -z "$unconfirmed" ] || exit 1
