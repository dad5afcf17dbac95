#!/bin/sh
# In a pipeline: makes the environment of azd out of the variables of the pipeline. Those that are empty are left alone, so
# that what azd remembers is not overwritten by nothing.
set -eu
. "$(dirname "$0")/common.sh"

need AZURE_ENV_NAME 'warden'
need AZURE_SUBSCRIPTION_ID 'the id of the subscription'
need AZURE_LOCATION 'westeurope'
need AZURE_RESOURCE_GROUP 'rg-warden'
# Nobody who registers applications is here: the application is made once by a person.
need HSM_WARDEN_ENTRA_CLIENT_ID 'the client id that infra/hooks/entra-app.sh printed'
need_tools azd

azd env select "$AZURE_ENV_NAME" 2>/dev/null ||
  azd env new "$AZURE_ENV_NAME" --subscription "$AZURE_SUBSCRIPTION_ID" --location "$AZURE_LOCATION" --no-prompt
for name in AZURE_SUBSCRIPTION_ID AZURE_LOCATION AZURE_RESOURCE_GROUP HSM_WARDEN_BACKUP_RESOURCE_GROUP \
  HSM_WARDEN_HSM_NAMES HSM_WARDEN_HSM_RESOURCE_GROUP HSM_WARDEN_ENTRA_CLIENT_ID HSM_WARDEN_ALERT_EMAILS; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || continue
  azd env set "$name" "$value"
done
# The outputs of an earlier deployment; there are none before the first.
azd env refresh --no-prompt >/dev/null 2>&1 || say 'no outputs of an earlier deployment'
