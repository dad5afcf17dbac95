#!/bin/sh
# Before the deployment: resource groups, settings, resource providers, and a check of everything that would fail. Can be
# repeated; without a person it asks nothing and says what is missing.
set -eu
cd "$(dirname "$0")"
. ./common.sh

need_tools az azd node npm
sh ./groups.sh
sh ./settings.sh
# What settings.sh has set is in the environment of azd, and not yet in that of this process.
for name in HSM_WARDEN_HSM_NAMES HSM_WARDEN_ENTRA_CLIENT_ID; do
  eval "value=\${$name:-}"
  [ -z "$value" ] && grep -q "$name" ../main.bicepparam || continue
  value=$(azd env get-value "$name")
  export "$name=$value"
done
sh ./providers.sh
sh ./check.sh
