metadata name = 'General types'
metadata description = 'Shapes that belong to no one part.'

@export()
@description('Names of the resources, by what they are.')
type namesType = {
  @description('Optional. Name of the resource.')
  *: string
}

@export()
@description('A secret-free app setting: its name and value.')
type settingsType = {
  @description('Optional. Value of the setting of that name.')
  *: string
}

@export()
@description('who is notified of an alert.')
@sealed()
type receiversType = {
  @description('Optional. Addresses that get a mail.')
  emails: string[]?

  @description('Optional. https URLs that get the common alert schema.')
  webhooks: string[]?
}
