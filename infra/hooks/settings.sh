#!/bin/sh
# Makes sure of what infra/main.bicepparam reads from the environment of azd: the HSMs, their group, the Entra application.
# azd compiles that file when a command begins and keeps the result (compileBicepMemoryCache in
# cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go of github.com/Azure/azure-dev), so `preup` runs this before
# `azd up` begins, and `preprovision` again for those who call that alone.
set -eu
cd "$(dirname "$0")"
. ./common.sh

need AZURE_RESOURCE_GROUP 'rg-warden'
need_tools azd
# Only where the parameter file takes them from the environment.
if grep -q HSM_WARDEN_HSM_NAMES ../main.bicepparam && [ -z "${HSM_WARDEN_HSM_NAMES:-}" ]; then
  unattended && die 'HSM_WARDEN_HSM_NAMES is not set, and nobody is here to ask.' \
    'azd env set HSM_WARDEN_HSM_NAMES contoso,fabrikam'
  printf 'Names of the Managed HSMs to protect, separated by commas: ' >&2
  read -r HSM_WARDEN_HSM_NAMES || true
  [ -n "$HSM_WARDEN_HSM_NAMES" ] || die 'No HSM was named.'
  azd env set HSM_WARDEN_HSM_NAMES "$HSM_WARDEN_HSM_NAMES"
fi
if grep -q HSM_WARDEN_HSM_RESOURCE_GROUP ../main.bicepparam && [ -z "${HSM_WARDEN_HSM_RESOURCE_GROUP:-}" ]; then
  die 'HSM_WARDEN_HSM_RESOURCE_GROUP is not set: the resource group of the HSMs.' \
    'azd env set HSM_WARDEN_HSM_RESOURCE_GROUP rg-hsm' \
    "It must not be $AZURE_RESOURCE_GROUP: azd down deletes that group, and can purge an HSM in it."
fi

if [ -z "${HSM_WARDEN_ENTRA_CLIENT_ID:-}" ]; then
  HSM_WARDEN_ENTRA_CLIENT_ID=$(sh ./entra-app.sh "HSM Warden (${AZURE_ENV_NAME:-$AZURE_RESOURCE_GROUP})")
  # postdeploy adds the address of the console to an application that is ours. First, since the id ends this step for good.
  azd env set HSM_WARDEN_ENTRA_MANAGED true
  azd env set HSM_WARDEN_ENTRA_CLIENT_ID "$HSM_WARDEN_ENTRA_CLIENT_ID"
fi
