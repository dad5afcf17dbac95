#!/bin/sh
# Where a drill HSM is named, and the deployment so made the drill app: deploys its package, and gives its identity its role in each
# drill HSM. It is no service of azure.yaml: azd fails for a service whose app is not there. Fails where the drills could not run; the
# other apps work.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/common.sh

drill_hsms=${HSM_WARDEN_DRILL_HSMS_JSON:-}
case "$drill_hsms" in '' | '[]') say 'Restores are unproven: no drill HSM is named (docs/drills.md).' && exit 0 ;; esac
need AZURE_RESOURCE_GROUP 'rg-warden'
app=${HSM_WARDEN_DRILL_APP:-}
principal=${HSM_WARDEN_DRILL_PRINCIPAL:-}
[ -n "$app" ] && [ -n "$principal" ] ||
  die 'A drill HSM is named, and the deployment has no drill app (HSM_WARDEN_DRILL_APP, HSM_WARDEN_DRILL_PRINCIPAL): restores are unproven.' \
    'azd provision, which makes it, or azd env refresh; then azd hooks run postdeploy.'
need_tools az node npm
names=$(node -e '
  for (const { name } of JSON.parse(process.env.HSM_WARDEN_DRILL_HSMS_JSON)) console.log(name);
  ') || die 'HSM_WARDEN_DRILL_HSMS_JSON is no list of HSMs.' 'docs/drills.md shows one.'

again='Again: azd hooks run postdeploy'
subscription=${AZURE_SUBSCRIPTION_ID:+--subscription $AZURE_SUBSCRIPTION_ID}
# azd packages its own services only. A package of before would be another version than the other apps.
npm run --silent package >/dev/null </dev/null ||
  die 'The package of the drill app could not be made: npm run build, npm run package.' "$again"
# shellcheck disable=SC2086
az functionapp deployment source config-zip --resource-group "$AZURE_RESOURCE_GROUP" --name "$app" $subscription \
  --src dist/drill.zip --output none </dev/null ||
  die 'The package of the drill app could not be deployed: no drill runs.' "$again"

missing=''
for name in $names; do
  say "Roles on the drill HSM: $name"
  [ "${HSM_WARDEN_APPLY_ROLES:-}" != yes ] ||
    npm run --silent warden -- roles apply --hsm-name "$name" --drill-principal "$principal" --yes </dev/null || true
  npm run --silent warden -- roles check --hsm-name "$name" --drill-principal "$principal" </dev/null || missing="$missing
  npm run -s warden -- roles apply --hsm-name $name --drill-principal $principal"
done
[ -n "$missing" ] || exit 0
say "The drill app is deployed, but CANNOT prove anything yet. An administrator of the drill HSM runs:$missing"
[ "${HSM_WARDEN_APPLY_ROLES:-}" = later ] || exit 1
