metadata name = 'HSM list'
metadata description = 'Where the HSMs are, and what the settings say of them.'

import { drillHsmType, hsmSettingType, hsmType, newHsmType } from 'types/hsms.bicep'

@export()
@description('The HSMs to protect, the new one among them.')
func withNewHsm(hsms hsmType[], newHsm newHsmType?, newHsmGroup string) hsmType[] =>
  concat(hsms, newHsm == null ? [] : [{ name: newHsm!.name, resourceGroupName: newHsmGroup }])

@export()
@description('An HSM as the setting WARDEN_HSMS has it.')
func hsmSettingOf(hsm hsmType) hsmSettingType =>
  union(
    { name: hsm.name },
    hsm.?url == null ? {} : { url: hsm.?url },
    hsm.?pace == null ? {} : { pace: hsm.?pace }
  )

@export()
@description('The drill HSMs as the setting WARDEN_DRILL_HSMS has them.')
func drillSettingOf(drillHsms drillHsmType[], subscriptionId string) string =>
  string(map(
    drillHsms,
    hsm =>
      union(
        {
          name: hsm.name
          resource: '/subscriptions/${hsm.?subscriptionId ?? subscriptionId}/resourceGroups/${hsm.resourceGroupName}/providers/Microsoft.KeyVault/managedHSMs/${hsm.name}'
        },
        hsm.?url == null ? {} : { url: hsm.?url },
        hsm.?of == null ? {} : { of: hsm.?of }
      )
  ))

@export()
@description('A drill HSM as the endpoints and their DNS take any HSM.')
func reachedAs(drillHsm drillHsmType) hsmType =>
  union(
    { name: drillHsm.name, resourceGroupName: drillHsm.resourceGroupName },
    drillHsm.?subscriptionId == null ? {} : { subscriptionId: drillHsm.?subscriptionId },
    drillHsm.?privateEndpoint == null ? {} : { privateEndpoint: drillHsm.?privateEndpoint },
    drillHsm.?privateIpAddress == null ? {} : { privateIpAddress: drillHsm.?privateIpAddress }
  )

@export()
@description('Resource id of an HSM, which may be in another group or subscription than the deployment.')
func hsmIdOf(hsm hsmType, subscriptionId string, resourceGroupName string) string =>
  resourceId(
    hsm.?subscriptionId ?? subscriptionId,
    hsm.?resourceGroupName ?? resourceGroupName,
    'Microsoft.KeyVault/managedHSMs',
    hsm.name
  )
