#!/bin/sh
# Asks `hsm-warden deploy check` with exactly the parameters of the deployment, and stops where something would fail or
# could not be seen. HSM_WARDEN_CHECK: `stop` (default), `warn` (goes on, says so) or `skip`.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/common.sh

mode=${HSM_WARDEN_CHECK:-stop}
case "$mode" in
  stop | warn) ;;
  skip)
    say 'deploy check: SKIPPED, because HSM_WARDEN_CHECK says so'
    exit 0
    ;;
  *) die "HSM_WARDEN_CHECK is '$mode'." 'It is stop, warn or skip.' ;;
esac

[ -d node_modules ] || npm ci
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
az bicep build-params --file infra/main.bicepparam --stdout >"$work/parameters.json" ||
  die 'infra/main.bicepparam cannot be compiled; the lines above say why.'
status=0
npm run --silent warden -- deploy check --parameters "$work/parameters.json" --output table </dev/null || status=$?
case "$status" in
  0) exit 0 ;;
  1) what='Something would fail' ;;
  2) what='Not everything could be seen' ;;
  4) die 'The Azure CLI is not signed in; nothing was deployed.' 'az login' ;;
  *) die "deploy check ended with $status." ;;
esac
if [ "$mode" = warn ]; then
  say "warning: $what; going on, because HSM_WARDEN_CHECK is warn."
  exit 0
fi
die "$what; nothing was deployed. Each line above says what to do." \
  'To deploy all the same: azd env set HSM_WARDEN_CHECK warn'
