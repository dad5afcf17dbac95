#!/bin/sh
# Before the deployment: resource groups, resource providers, the HSMs, the Entra application, and a check of everything
# that would fail. Can be repeated; without a person it asks nothing and says what is missing.
set -eu
cd "$(dirname "$0")"
. ./common.sh

need_tools az azd node npm
sh ./groups.sh
sh ./providers.sh

# Only where the parameter file takes them from the environment.
if grep -q HSM_WARDEN_HSM_NAMES ../main.bicepparam && [ -z "${HSM_WARDEN_HSM_NAMES:-}" ]; then
  unattended && die 'HSM_WARDEN_HSM_NAMES is not set, and nobody is here to ask.' \
    'azd env set HSM_WARDEN_HSM_NAMES contoso,fabrikam'
  printf 'Names of the Managed HSMs to protect, separated by commas: ' >&2
  read -r HSM_WARDEN_HSM_NAMES || true
  [ -n "$HSM_WARDEN_HSM_NAMES" ] || die 'No HSM was named.'
  azd env set HSM_WARDEN_HSM_NAMES "$HSM_WARDEN_HSM_NAMES"
  export HSM_WARDEN_HSM_NAMES
fi
if grep -q HSM_WARDEN_HSM_RESOURCE_GROUP ../main.bicepparam && [ -z "${HSM_WARDEN_HSM_RESOURCE_GROUP:-}" ]; then
  die 'HSM_WARDEN_HSM_RESOURCE_GROUP is not set: the resource group of the HSMs.' \
    'azd env set HSM_WARDEN_HSM_RESOURCE_GROUP rg-hsm' \
    "It must not be $AZURE_RESOURCE_GROUP: azd down deletes that group, and can purge an HSM in it."
fi

if [ -z "${HSM_WARDEN_ENTRA_CLIENT_ID:-}" ]; then
  HSM_WARDEN_ENTRA_CLIENT_ID=$(sh ./entra-app.sh "HSM Warden (${AZURE_ENV_NAME:-$AZURE_RESOURCE_GROUP})")
  azd env set HSM_WARDEN_ENTRA_CLIENT_ID "$HSM_WARDEN_ENTRA_CLIENT_ID"
  # postdeploy adds the address of the console to an application that is ours.
  azd env set HSM_WARDEN_ENTRA_MANAGED true
  export HSM_WARDEN_ENTRA_CLIENT_ID
fi

sh ./check.sh
