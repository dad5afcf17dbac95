#!/bin/sh
# Makes the two resource groups where they are missing, and touches neither that is there: `az group create` on a group
# that exists replaces its tags. The group of the HSMs is never made here.
#
# azd reads AZURE_RESOURCE_GROUP before it runs the hook of `provision`, asks for a group where that is empty, and does
# not make the group that it names (EnsureEnv in cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go of
# github.com/Azure/azure-dev). So `preup` runs this first, and `preprovision` again for those who call that alone.
set -eu
. "$(dirname "$0")/common.sh"

need AZURE_SUBSCRIPTION_ID 'the id of the subscription'
need AZURE_RESOURCE_GROUP 'rg-warden'
need AZURE_LOCATION 'westeurope   (the region of the HSMs)'
need_tools az

subscription=$AZURE_SUBSCRIPTION_ID
backups=${HSM_WARDEN_BACKUP_RESOURCE_GROUP:-$AZURE_RESOURCE_GROUP-backups}
# Names of groups do not heed case: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
lower() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }
[ "$(lower "$backups")" != "$(lower "$AZURE_RESOURCE_GROUP")" ] ||
  die "The backups would lie in $AZURE_RESOURCE_GROUP, which azd down deletes." \
    "azd env set HSM_WARDEN_BACKUP_RESOURCE_GROUP $AZURE_RESOURCE_GROUP-backups"

az account show --subscription "$subscription" --output none ||
  die "The Azure CLI cannot see the subscription $subscription." "az login --tenant TENANT, then repeat."

for group in "$AZURE_RESOURCE_GROUP" "$backups"; do
  exists=$(az group exists --name "$group" --subscription "$subscription") ||
    die "It cannot be seen whether the resource group $group exists." 'Reader on the subscription, or on the group, is enough to see it.'
  case "$exists" in
    true*) say "resource group $group: is there, left as it is" ;;
    false*)
      # Without the tag of azd: `azd down` removes what it deployed to, and leaves the group of the backups alone.
      az group create --name "$group" --location "$AZURE_LOCATION" --subscription "$subscription" --output none ||
        die "The resource group $group is missing and cannot be made by you." \
          'Whoever holds Contributor on the subscription runs:' \
          "  az group create --name $group --location $AZURE_LOCATION --subscription $subscription"
      say "resource group $group: made"
      ;;
    *) die "az group exists answered '$exists' for $group." ;;
  esac
done
