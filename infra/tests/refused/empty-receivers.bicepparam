using '../../main.bicep'

param hsms = [{ name: 'contoso' }]
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param alertReceivers = { emails: [], webhooks: [] }
