metadata name = 'Storage types'
metadata description = 'Shapes of the parameters about storage accounts.'

@export()
@description('Redundancy of a storage account.')
type skuType = 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@export()
@description('Rules of the storage account of the backups.')
@sealed()
type backupStorageType = {
  @description('Optional. Redundancy. Defaults to Standard_GZRS: three zones, and a second region.')
  skuName: skuType?

  @description('Optional. Days during which nobody can change or delete a backup. Defaults to 90.')
  @minValue(1)
  @maxValue(3650)
  immutabilityDays: int?

  @description('Optional. Days a deleted blob or container can be undeleted. Defaults to 30.')
  @minValue(7)
  @maxValue(365)
  softDeleteDays: int?

  @description('Optional. Days after which a backup moves to the cool tier. Defaults to 30.')
  @minValue(1)
  coolAfterDays: int?

  @description('Optional. Days after which a backup is deleted, never before its immutability ends. Defaults to 400. Longer than any retention of a deleted key (90) and refresh of a backup (90) together. Pinned backups stay.')
  @minValue(181)
  deleteAfterDays: int?
}
