#!/bin/sh
# Before `azd down`: refuses where it would delete an HSM or the backups. azd deletes the whole group it deployed to, and
# with --purge, or a yes, purges a Managed HSM that lay in it (ListResourceGroupDeploymentResources in
# cli/azd/pkg/azapi/standard_deployments.go and Destroy in bicep_provider.go of github.com/Azure/azure-dev).
# What cannot be seen is not taken for safe.
set -eu
. "$(dirname "$0")/common.sh"

need AZURE_SUBSCRIPTION_ID 'the id of the subscription'
need AZURE_RESOURCE_GROUP 'rg-warden'
need_tools az azd
subscription=$AZURE_SUBSCRIPTION_ID
group=$AZURE_RESOURCE_GROUP

# A deployment stack would take along what the template has in other groups.
stacks=$(azd config get alpha.deployment.stacks 2>/dev/null || true)
case "$stacks" in
  *on*) die 'Deployment stacks are switched on: azd down could delete the backups and the diagnostics of the HSMs, too.' \
    'azd config unset alpha.deployment.stacks' ;;
esac

exists=$(az group exists --name "$group" --subscription "$subscription") ||
  die "It cannot be seen what is in the resource group $group; nothing was deleted."
case "$exists" in false*) exit 0 ;; esac

list() {
  az resource list --resource-group "$group" --subscription "$subscription" --resource-type "$1" --query '[].name' --output tsv ||
    die "It cannot be seen what is in the resource group $group; nothing was deleted."
}
hsms=$(list Microsoft.KeyVault/managedHSMs)
[ -z "$hsms" ] ||
  die "There are Managed HSMs in $group, which azd down deletes and can purge for good: $(echo $hsms)" \
    'Nothing was deleted. Delete the resources of the warden one by one in the portal, and keep the group;' \
    'docs/deploy.md#remove says which.'

account=${HSM_WARDEN_BACKUP_URL:-}
account=${account#https://}
account=${account%%.*}
if [ -n "$account" ]; then
  # Assigned first: a failure within `for … in $(…)` would go unnoticed.
  accounts=$(list Microsoft.Storage/storageAccounts)
  for name in $accounts; do
    [ "$name" != "$account" ] ||
      die "The backups ($account) lie in $group, which azd down deletes." \
        'Nothing was deleted. Without backups a purged key is lost: docs/deploy.md#remove says how to keep them.'
  done
fi
say "azd down removes the resource group $group; the backups and the HSMs are in other groups and stay."
