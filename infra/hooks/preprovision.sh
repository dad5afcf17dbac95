#!/bin/sh
# Before the deployment: asks for the HSMs, makes the resource group of the backups, and the Entra application.
set -eu
cd "$(dirname "$0")"

if [ -z "${HSM_WARDEN_HSM_NAMES:-}" ]; then
  printf 'Names of the Managed HSMs to protect, separated by commas: '
  read -r names
  azd env set HSM_WARDEN_HSM_NAMES "$names"
fi

: "${AZURE_RESOURCE_GROUP:?set it with: azd env set AZURE_RESOURCE_GROUP rg-warden}"
: "${AZURE_LOCATION:?set it with: azd env set AZURE_LOCATION, to the region of the HSMs}"
for group in "$AZURE_RESOURCE_GROUP" "$AZURE_RESOURCE_GROUP-backups"; do
  # Without the tag of azd: `azd down` removes what it deployed to, and leaves the group of the backups alone.
  az group create --name "$group" --location "$AZURE_LOCATION" --output none
  echo "resource group $group is there"
done

if [ -z "${HSM_WARDEN_ENTRA_CLIENT_ID:-}" ]; then
  azd env set HSM_WARDEN_ENTRA_CLIENT_ID "$(./entra-app.sh "HSM Warden (${AZURE_ENV_NAME:-$AZURE_RESOURCE_GROUP})")"
fi
