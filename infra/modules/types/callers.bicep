metadata name = 'Caller types'
metadata description = 'Who may call the recovery API, and how callers prove who they are.'

@export()
@description('The Entra application that callers of the recovery API get tokens for.')
@sealed()
type entraType = {
  @description('Required. Application (client) id of the registration.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Optional. Tenant of the callers. Defaults to the tenant deployed to.')
  tenantId: string?
}

@export()
@description('Webhooks that may open recovery requests.')
@sealed()
type webhooksType = {
  @description('Optional. URI of the Key Vault secret with the value of WARDEN_WEBHOOK_SECRETS, where a source signs. The recovery app needs the role Key Vault Secrets User on it.')
  secretUri: string?

  @description('Optional. Client ids of the applications that may deliver with their Entra token, by source, such as Event Grid\'s own. Sets WARDEN_WEBHOOK_APPS.')
  applications: webhookApplicationsType?

  @description('Required. Names of the sources, as in that secret and among those applications: their paths are open to requests without a token.')
  @minLength(1)
  sources: string[]
}

@export()
@description('Client ids of applications, by webhook source.')
type webhookApplicationsType = {
  @description('Optional. The applications of one source.')
  *: string[]
}
