#!/bin/sh
# Makes, or finds, the Entra application whose tokens the recovery API takes, and prints its client id.
#
#   entra-app.sh NAME [--client-id ID] [--redirect-uri URL]...
#
# NAME            display name, compared exactly; an application of that name that is not ours is never touched
# --client-id     takes this application in place of looking for the name
# --redirect-uri  an address of the console (single-page application); may be repeated. Addresses are only ever added
#
# Needs the Azure CLI, Node.js and the right to register applications (Application Developer is enough for one's own).
# Can be repeated, and stopped anywhere: a repeat goes on where it stopped, and changes nothing once all is in place.
# Bicep could do it only with an extension from a registry.
set -eu
# Stays where it was called from; its parts are beside it.
here=$(dirname "$0")
. "$here/common.sh"

usage='usage: entra-app.sh NAME [--client-id ID] [--redirect-uri URL]...'
name=${1:-}
[ -n "$name" ] || die "$usage"
shift
client=''
redirects=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "$1 needs a value." "$usage"
  case "$1" in
    --client-id) client=$2 ;;
    --redirect-uri)
      # Entra takes https, and http on this machine: https://learn.microsoft.com/entra/identity-platform/reply-url
      case "$2" in
        *[[:space:]\"\\]*) die "$2 is no redirect address." ;;
        https://?* | http://localhost | http://localhost[:/]*) redirects="$redirects $2" ;;
        *) die "$2 is no redirect address." 'It begins with https://, or with http://localhost.' ;;
      esac
      ;;
    *) die "$1 is not known." "$usage" ;;
  esac
  shift 2
done
case "$client" in
  *[!0-9A-Fa-f-]*) die "$client is no client id." ;;
esac
need_tools az node

# Graph differs from cloud to cloud, and `az rest` asks it as whoever is signed in to the default subscription.
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
graph="${graph%/}/v1.0"
if [ -n "${AZURE_SUBSCRIPTION_ID:-}" ]; then
  here_tenant=$(az account show --query tenantId --output tsv)
  there_tenant=$(az account show --subscription "$AZURE_SUBSCRIPTION_ID" --query tenantId --output tsv)
  [ "$here_tenant" = "$there_tenant" ] ||
    die "The Azure CLI works in tenant $here_tenant, but the subscription is in $there_tenant." \
      "az account set --subscription $AZURE_SUBSCRIPTION_ID"
fi

graph_get() { az rest --method GET --url "$graph/$1" --output json; }
graph_send() {
  az rest --method "$1" --url "$graph/$2" --headers 'Content-Type=application/json' --body "$3" --output json
}
# What was made a moment ago may not be seen for some seconds: https://learn.microsoft.com/graph/best-practices-concept
patiently() {
  count=0
  until "$@"; do
    count=$((count + 1))
    [ "$count" -lt "${HSM_WARDEN_GRAPH_TRIES:-6}" ] || return 1
    say 'waiting for Entra to show what was made'
    sleep "${HSM_WARDEN_RETRY_SECONDS:-10}"
  done
}
encode() { node -p 'encodeURIComponent(process.argv[1])' -- "$1"; }
field() { node -p 'JSON.parse(require("fs").readFileSync(0, "utf8"))[process.argv[1]] ?? ""' -- "$1"; }
members='id,appId,displayName,tags,appRoles,identifierUris,api,spa'

made=no
if [ -n "$client" ]; then
  answer=$(graph_get "applications(appId='$client')?\$select=$members") ||
    die "There is no application $client in this tenant, or you may not read it."
  object=$(printf '%s' "$answer" | field id)
else
  # A quote within a string literal is doubled.
  quoted=$(printf '%s' "$name" | sed "s/'/''/g")
  filter=$(encode "displayName eq '$quoted'")
  answer=$(graph_get "applications?\$filter=$filter&\$select=$members") ||
    die 'The applications of this tenant cannot be read.' \
      'Somebody who may register applications runs this, then: azd env set HSM_WARDEN_ENTRA_CLIENT_ID ID'
  found=$(printf '%s' "$answer" | node "$here/entra-app.mjs" find "$name") ||
    die 'It is not known which application is meant; nothing was changed.' \
      'Name it: --client-id ID, or azd env set HSM_WARDEN_ENTRA_CLIENT_ID ID.'
  if [ "$found" = none ]; then
    # shellcheck disable=SC2086
    wanted=$(node "$here/entra-app.mjs" create "$name" $redirects)
    answer=$(graph_send POST applications "$wanted") ||
      die 'The application cannot be made.' \
        'Somebody who may register applications runs this, then: azd env set HSM_WARDEN_ENTRA_CLIENT_ID ID'
    object=$(printf '%s' "$answer" | field id)
    client=$(printf '%s' "$answer" | field appId)
    [ -n "$object" ] && [ -n "$client" ] || die 'Entra made an application and did not say which; repeat this.'
    made=yes
    say "application $name: made, client id $client"
  else
    object=${found% *}
    client=${found#* }
    say "application $name: found, client id $client"
  fi
fi

if [ "$made" = yes ]; then
  current=$(patiently graph_get "applications/$object?\$select=$members")
else
  current=$(graph_get "applications/$object?\$select=$members")
fi
# shellcheck disable=SC2086
changes=$(printf '%s' "$current" | node "$here/entra-app.mjs" patch $redirects)
printf '%s\n' "$changes" | while IFS= read -r change; do
  [ -n "$change" ] || continue
  patiently graph_send PATCH "applications/$object" "$change" >/dev/null
  say 'application: brought up to date'
done

# Only people and applications with a role get a token at all.
first() { node -p '(JSON.parse(require("fs").readFileSync(0, "utf8")).value?.[0] ?? {})[process.argv[1]] ?? ""' -- "$1"; }
filter=$(encode "appId eq '$client'")
answer=$(graph_get "servicePrincipals?\$filter=$filter&\$select=id,appRoleAssignmentRequired")
principal=$(printf '%s' "$answer" | first id)
demanded=$(printf '%s' "$answer" | first appRoleAssignmentRequired)
if [ -z "$principal" ]; then
  answer=$(patiently graph_send POST servicePrincipals "{\"appId\": \"$client\", \"appRoleAssignmentRequired\": true}")
  say 'enterprise application: made'
elif [ "$demanded" != true ]; then
  graph_send PATCH "servicePrincipals/$principal" '{"appRoleAssignmentRequired": true}' >/dev/null
  say 'enterprise application: assignment is demanded now'
fi

printf '%s\n' "$client"
