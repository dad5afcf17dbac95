metadata name = 'Alert rules'
metadata description = 'Rules over the logs that are not about the backups of the night: deletions, the recovery, and what keeps people from being notified.'

@export()
@description('Each with its query, how often it is asked and how far back.')
var furtherRules = [
  {
    name: 'key-deleted'
    title: 'A key was deleted'
    description: 'A key was deleted. It can be recovered until it is purged.'
    query: loadTextContent('../queries/key-deleted.kql')
    severity: 2
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'key-purged'
    title: 'A key was purged'
    description: 'A key was purged; a backup can bring it back.'
    query: loadTextContent('../queries/key-purged.kql')
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'recovery-app-dead'
    title: 'The recovery app is dead'
    description: 'The recovery app has not reconciled its requests for 45 minutes. Nobody can ask, approve or recover: look at its host first.'
    query: loadTextContent('../queries/recovery-app-dead.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'verification-missing'
    title: 'Backups are not verified'
    description: 'No verification of the stored backups of this HSM within a day and the grace.'
    query: loadTextContent('../queries/verification-missing.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'P1D'
    range: 'P2D'
  }
  {
    name: 'topic-refuses'
    title: 'Events do not get out'
    description: 'The topic does not take events. Findings are kept, and nobody is notified of them.'
    query: loadTextContent('../queries/topic-refuses.kql')
    severity: 2
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'channel-failing'
    title: 'A notification channel fails'
    description: 'A channel takes no messages, or refused one: people are not reached through it. hsm-warden notify list shows the error.'
    query: loadTextContent('../queries/channel-failing.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'channel-silent'
    title: 'A notification channel accepts nothing'
    description: 'A channel accepted no message for 27 hours, not even the test of the day. Reported every hour while messages are tried.'
    query: loadTextContent('../queries/channel-silent.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT1H'
    range: 'P2D'
  }
  {
    name: 'pin-failed'
    title: 'A last backup may go'
    description: 'The last backup of a purged key could not be pinned: the lifecycle rule will delete it.'
    query: loadTextContent('../queries/pin-failed.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'open-findings'
    title: 'Something still holds'
    description: 'Keys without a good backup, overdue or unreadable, a missed run, or an HSM out of reach, at the newest scan. Repeated every hour while it lasts.'
    query: loadTextContent('../queries/open-findings.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'PT2H'
    range: 'PT2H'
  }
  {
    name: 'approval-forged'
    title: 'A decision is not what was approved'
    description: 'A stored decision is not borne out by the audit log, another key came back than was approved, or one came back without a decision. Treat it as an attack.'
    query: loadTextContent('../queries/approval-forged.kql')
    severity: 0
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'key-brought-back-unapproved'
    title: 'A key came back without a decision'
    description: 'The HSM says that a key was restored or recovered, and the recovery app had not claimed that, or somebody else did it. Treat it as an attack.'
    query: loadTextContent('../queries/key-brought-back-unapproved.kql')
    severity: 0
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT3H'
  }
  {
    name: 'audit-height-falls'
    title: 'The audit log became shorter'
    description: 'The recovery app finds fewer lines in its audit log than before: lines were cut off, or it was put back to an earlier state. Treat it as an attack.'
    query: loadTextContent('../queries/audit-height-falls.kql')
    severity: 0
    frequency: 'PT15M'
    window: 'PT15M'
    range: 'P2D'
  }
  {
    name: 'drill-failed'
    title: 'A backup does not restore'
    description: 'A drill could not bring a key back from its newest backup, or the drills themselves cannot fail. Keep the key, and look at the event.'
    query: loadTextContent('../queries/drill-failed.kql')
    severity: 0
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'drill-refused'
    title: 'The drill HSM is not clean'
    description: 'The drill HSM may not be used, as when somebody else has put keys there, or copies of production keys stay in it.'
    query: loadTextContent('../queries/drill-refused.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'key-lost-still'
    title: 'A key is lost, and nobody has acknowledged it'
    description: 'Nothing brings the key back. Find out what it protected and inform its owner; hsm-warden ack FINDING ends this. Repeated every hour until then.'
    query: loadTextContent('../queries/key-lost-still.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT2H'
    range: 'PT2H'
  }
  {
    name: 'hsm-unreachable'
    title: 'An HSM is out of reach'
    description: 'No scan could see this HSM for 45 minutes, though the app is alive. What is deleted there goes unseen: see the error in the log.'
    query: loadTextContent('../queries/hsm-unreachable.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'hsm-set-up-weakly'
    title: 'An HSM is set up weakly'
    description: 'Keys of this HSM can be purged at once, or deleted keys are kept for too few days. Repeated every day while it lasts.'
    query: loadTextContent('../queries/hsm-set-up-weakly.kql')
    severity: 2
    frequency: 'P1D'
    window: 'P1D'
    range: 'P2D'
  }
  {
    name: 'audit-feed-silent'
    title: 'The audit log of an HSM is not heard'
    description: 'The app scans this HSM, and for two hours nothing of its audit log has reached it. A key that comes back past the app would go unseen: look at the diagnostic setting and at the Event Hub.'
    query: loadTextContent('../queries/audit-feed-silent.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT1H'
    range: 'PT4H'
  }
  {
    name: 'backups-damaged'
    title: 'Damaged backups are stored'
    description: 'A verification ended with damaged backups. Repeated every night while one is stored.'
    query: loadTextContent('../queries/backups-damaged.kql')
    severity: 2
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'work-waits'
    title: 'Work that was given up still waits'
    description: 'A message that failed for good lies in a poison queue: hsm-warden queue list. Repeated every hour while it lies there.'
    query: loadTextContent('../queries/work-waits.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'PT2H'
    range: 'PT2H'
  }
  {
    name: 'notifications-wait'
    title: 'Notifications are held up'
    description: 'Nobody takes messages out of the queue of the notifications: the backup app is stopped, and people hear nothing. hsm-warden status says since when.'
    query: loadTextContent('../queries/notifications-wait.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT15M'
    range: 'P1D'
  }
]
