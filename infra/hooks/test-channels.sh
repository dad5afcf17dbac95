#!/bin/sh
# Sends a test through each notification channel of the deployment. Fails where one accepts nothing: people would not be
# reached, and nobody would notice. The settings are those of the apps, read into a profile that is thrown away.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/common.sh

if [ -z "${HSM_WARDEN_CHANNELS:-}" ]; then
  say 'The product itself notifies nobody: WARDEN_NOTIFY_CHANNELS names no channel (docs/notifications.md).'
  exit 0
fi
again="Try again: azd hooks run postdeploy   (or leave it to somebody: azd env set HSM_WARDEN_TEST_CHANNELS later)"
case "${HSM_WARDEN_TEST_CHANNELS:-yes}" in
  later)
    say "Nobody has tried the channels $HSM_WARDEN_CHANNELS yet: hsm-warden notify test, then hsm-warden doctor."
    exit 0
    ;;
  yes) ;;
  *) die "HSM_WARDEN_TEST_CHANNELS is '$HSM_WARDEN_TEST_CHANNELS'." 'It is yes or later.' ;;
esac
need AZURE_RESOURCE_GROUP 'rg-warden'
need_tools npm

XDG_CONFIG_HOME=$(mktemp -d)
export XDG_CONFIG_HOME
trap 'rm -rf "$XDG_CONFIG_HOME"' EXIT
say "A test message goes through each channel: $HSM_WARDEN_CHANNELS"
npm run --silent warden -- init deployed --resource-group "$AZURE_RESOURCE_GROUP" \
  ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} >/dev/null </dev/null ||
  die 'The settings of the apps could not be read: no channel is confirmed.' "$again"
npm run --silent warden -- notify test --profile deployed </dev/null ||
  die 'A channel is not confirmed: people are not reached through it, or it could not be tried from here.' \
    'Why: hsm-warden notify list; its address and its secret: docs/notifications.md.' "$again"
