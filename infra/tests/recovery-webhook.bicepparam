using '../recovery-webhook.bicep'

param topicName = 'evgt-warden-w3j23au7fj2oi'
param recoveryHostName = 'func-warden-recovery.azurewebsites.net'
param source = 'watch'
param clientId = '11111111-1111-1111-1111-111111111111'
param backupHostName = 'stwardenhw3j23au7fj2oi'
