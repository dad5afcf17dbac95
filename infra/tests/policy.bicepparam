using '../main.bicep'

// A landing zone whose policies write the DNS records.
param hsms = [{ name: 'contoso' }]
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param alertReceivers = { emails: ['oncall@contoso.example'] }
param privateDns = { mode: 'policy' }
