using '../../main.bicep'

param hsms = []
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param alertReceivers = { emails: ['oncall@contoso.example'] }
param newHsm = {
  name: 'adventure'
  // Azure heeds no case in the names of groups.
  resourceGroupName: 'RG-Warden'
  administrators: ['22222222-2222-2222-2222-222222222222']
}
