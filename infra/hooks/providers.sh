#!/bin/sh
# Registers the resource providers of the deployment in the subscription, or says who can.
# The list is that of `hsm-warden deploy check`; test/deploy compares both with the template. Microsoft.App is in no
# resource of the template: the subnets of Flex Consumption are delegated to it.
# https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#create-a-flex-consumption-app
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
set -eu
. "$(dirname "$0")/common.sh"

need AZURE_SUBSCRIPTION_ID 'the id of the subscription'
need_tools az
subscription=$AZURE_SUBSCRIPTION_ID
providers='Microsoft.App Microsoft.Authorization Microsoft.EventGrid Microsoft.EventHub Microsoft.Insights
Microsoft.KeyVault Microsoft.ManagedIdentity Microsoft.Network Microsoft.OperationalInsights Microsoft.Storage Microsoft.Web'

# The providers that are not registered. Azure does not heed the case of their names: microsoft.insights.
unregistered() {
  registered=$(az provider list --subscription "$subscription" \
    --query "[?registrationState=='Registered'].namespace" --output tsv) ||
    die 'The state of the resource providers cannot be read.' 'Reader on the subscription is enough to read it.'
  registered=" $(printf '%s' "$registered" | tr '[:upper:]\n\r' '[:lower:]  ') "
  for provider in $providers; do
    case "$registered" in
      *" $(printf '%s' "$provider" | tr '[:upper:]' '[:lower:]') "*) ;;
      *) printf '%s ' "$provider" ;;
    esac
  done
}

missing=$(unregistered)
[ -n "$missing" ] || {
  say 'resource providers: all are registered'
  exit 0
}

refused=''
for provider in $missing; do
  az provider register --namespace "$provider" --subscription "$subscription" --output none || refused="$refused $provider"
done
if [ -n "$refused" ]; then
  say "error: these resource providers are not registered, and you may not register them:$refused"
  say '  Whoever holds Contributor or Owner on the subscription (the action is PROVIDER/register/action) runs, once:'
  for provider in $refused; do
    say "  az provider register --namespace $provider --subscription $subscription"
  done
  exit 1
fi

# Registering takes minutes and goes on in Azure; once registered, a provider stays so. 60 times 10 s at most.
count=0
while left=$(unregistered) && [ -n "$left" ]; do
  count=$((count + 1))
  [ "$count" -le "${HSM_WARDEN_REGISTER_TRIES:-60}" ] ||
    die "These resource providers are still being registered: $left" 'It goes on in Azure: repeat in a few minutes.'
  say "waiting until these resource providers are registered: $left"
  sleep "${HSM_WARDEN_RETRY_SECONDS:-10}"
done
[ -z "$left" ] || exit 1
say "resource providers: registered now: $missing"
