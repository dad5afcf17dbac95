#!/bin/sh
# Makes, or finds, the Entra application whose tokens the recovery API takes, and prints its client id.
# Needs the Azure CLI and the right to register applications. Bicep could do it only with an extension from a registry.
set -eu
name="${1:?usage: entra-app.sh NAME}"

# The app roles; their GUIDs are fixed so that a repeat changes nothing.
roles='[
  {"id":"6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1a01","value":"Recovery.Read","displayName":"Recovery reader","description":"Sees keys, backups and recoveries.","allowedMemberTypes":["User","Application"],"isEnabled":true},
  {"id":"6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1a02","value":"Recovery.Request","displayName":"Recovery requester","description":"Asks for the recovery of a key.","allowedMemberTypes":["User","Application"],"isEnabled":true},
  {"id":"6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1a03","value":"Recovery.Approve","displayName":"Recovery approver","description":"Approves or rejects what others asked for.","allowedMemberTypes":["User"],"isEnabled":true},
  {"id":"6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1a04","value":"Recovery.Audit","displayName":"Recovery auditor","description":"Reads and verifies the audit log.","allowedMemberTypes":["User","Application"],"isEnabled":true}
]'
scope_id='6f0c1a52-0f1e-4c50-9a52-3d6f7f1c1b01'

client=$(az ad app list --display-name "$name" --query '[0].appId' --output tsv)
if [ -z "$client" ]; then
  client=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
object=$(az ad app show --id "$client" --query id --output tsv)

# Tokens of version 2 name the client id as their audience; the scope lets people get one with the Azure CLI.
az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications/$object" \
  --headers 'Content-Type=application/json' --body "{
    \"identifierUris\": [\"api://$client\"],
    \"appRoles\": $roles,
    \"api\": {
      \"requestedAccessTokenVersion\": 2,
      \"oauth2PermissionScopes\": [{
        \"id\": \"$scope_id\", \"value\": \"access_as_user\", \"type\": \"User\", \"isEnabled\": true,
        \"adminConsentDisplayName\": \"Use HSM Warden\", \"adminConsentDescription\": \"Calls the recovery API as the signed-in person.\"
      }]
    }
  }" --output none
# The Azure CLI itself, so that `az account get-access-token` needs no consent of an administrator.
az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications/$object" \
  --headers 'Content-Type=application/json' --body "{
    \"api\": { \"preAuthorizedApplications\": [{
      \"appId\": \"04b07795-8ddb-461a-bbee-02f9e1bf7b46\", \"delegatedPermissionIds\": [\"$scope_id\"]
    }] }
  }" --output none

# Only people and applications with a role get a token at all.
az ad sp show --id "$client" --output none 2>/dev/null || az ad sp create --id "$client" --output none
principal=$(az ad sp show --id "$client" --query id --output tsv)
az rest --method PATCH --url "https://graph.microsoft.com/v1.0/servicePrincipals/$principal" \
  --headers 'Content-Type=application/json' --body '{"appRoleAssignmentRequired": true}' --output none

echo "$client"
