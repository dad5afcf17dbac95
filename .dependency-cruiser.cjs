/**
 * The boundaries. Dependencies point inward: functions, cli and local -> platform -> adapters -> features -> core.
 *
 * A feature is one folder under src/features. DOORS names what each shows to the rest of the product; everything else in
 * it is its own. A new door is a decision, made here.
 */
const DOORS = {
  audit: [
    'acknowledgements',
    'audit-log',
    'breaches',
    'chain-end',
    'checkpoints',
    'entry',
    'height',
    'line-seals',
    'log-reader',
    'segment',
    'verify-audit',
    'verify-onward',
  ],
  backup: [
    'events',
    'known-backups',
    'last-run',
    'queues',
    'rebuild',
    'run-record',
    'single-key',
    'start-runs',
    'sweep',
    'sweep-context',
  ],
  console: ['console', 'model/[^/]+', 'page-paths', 'pages', 'routes', 'security-headers'],
  drill: [
    'challenge',
    'choose',
    'events',
    'guards',
    'message',
    'ports',
    'run',
    'run-context',
    'summary',
    'model/[^/]+',
  ],
  'dead-letters': ['about', 'events', 'report'],
  notify: ['model/[^/]+', 'sink'],
  recovery: [
    'app',
    'access/caller',
    'access/append-proof',
    'access/audit-proof',
    'access/gate',
    'access/refusals',
    'access/sign-in',
    'access/sign-in-proof',
    'execution/verify-recovered',
    'findings/findings',
    'findings/incidents',
    'findings/incident-routes',
    'findings/routes',
    'model/[^/]+',
    'rearming/rearming',
    'rearming/routes',
    'request/evidence',
    'request/claims',
    'request/each-recovery',
    'request/recoveries',
    'request/recovery-index',
    'request/routes',
    'webhooks/webhooks',
  ],
  'recovery-points': [
    'adoptions',
    'back-up-key',
    'believing-documents',
    'catalogue',
    'catalogue-text',
    'compare-versions',
    'events',
    'key-lines',
    'plan',
    'point-seals',
    'proven-backups',
    'save-backups',
    'structure',
  ],
  roles: ['plan', 'ports', 'roles'],
  status: ['hsm-status', 'judge-hsm', 'known-damage', 'read-dated', 'summarize-scan', 'summary-document'],
  verify: ['check-backup', 'message', 'verify', 'verify-state'],
  watch: ['outbox', 'scan', 'judge/classify-active', 'judge/classify-use', 'observe/observe', 'model/[^/]+'],
};

/** What every feature says about itself. */
const SAID = '^src/features/[^/]+/(manifest|settings|config)\\.ts$';
const shown = [
  SAID,
  ...Object.entries(DOORS).map(([feature, doors]) => `^src/features/${feature}/(${doors.join('|')})\\.ts$`),
];
const PURE = ['node_modules/zod/', '^(node:)?crypto$'];

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'The core imports itself, zod and node:crypto (hashing); nothing that does IO.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', ...PURE] },
    },
    {
      name: 'features-are-pure',
      comment:
        'A feature imports the core, what other features show, zod and node:crypto; nothing that does IO.',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { pathNot: ['^src/(core|features)/', ...PURE] },
    },
    {
      name: 'features-show-their-doors',
      comment: 'Nobody reaches into a feature past the doors that the table above names.',
      severity: 'error',
      from: { path: '^(functions|src|bench|tools)/', pathNot: '^src/features/' },
      to: { path: '^src/features/', pathNot: shown },
    },
    {
      name: 'features-keep-out-of-each-other',
      comment: 'One feature reaches another through its doors only.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', ...shown] },
    },
    {
      name: 'adapters-know-only-core-and-features',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(functions|src/(platform|emulator|local|cli))' },
    },
    {
      name: 'adapters-are-apart',
      comment:
        'One adapter folder does not reach into another; how to call and what time it is belong to all of them.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/($1|http|system)/' },
    },
    {
      name: 'configuration-knows-no-adapter',
      severity: 'error',
      from: { path: '^src/platform/config/' },
      to: { path: '^(functions|src/(adapters|emulator|local|cli)|src/platform/[^/]+\\.ts)' },
    },
    {
      name: 'emulator-stands-alone',
      comment: 'The emulator must not be judged by, nor share mistakes with, the product it tests.',
      severity: 'error',
      from: { path: '^src/emulator/' },
      to: { path: '^(functions|src/(adapters|platform|core|features|local|cli))' },
    },
    {
      name: 'product-does-not-need-the-emulator',
      severity: 'error',
      from: { path: '^(functions|src/(core|features|adapters|platform))' },
      to: { path: '^src/(emulator|local)/' },
    },
    {
      name: 'only-the-emulator-uses-its-libraries',
      comment:
        'Libraries of the emulator are dependencies of its own package, which the product does not install.',
      severity: 'error',
      from: { path: '^(functions|src)/', pathNot: '^src/emulator/' },
      to: { path: 'node_modules/(@peculiar|@noble|reflect-metadata)/' },
    },
    {
      name: 'the-command-line-loads-the-emulator-late',
      comment: 'Only its options are known to every command; all else is loaded when it runs.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: {
        path: '^src/emulator/',
        pathNot: '^src/emulator/command-options',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'options-of-the-emulator-are-light',
      comment: 'Every command loads them.',
      severity: 'error',
      from: { path: '^src/emulator/command-options' },
      to: { pathNot: ['node_modules/zod/', '^(node:)?fs$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'functions-register-only',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^src/(adapters|emulator|local)/' },
    },
    {
      name: 'only-these-make-seals',
      comment:
        'What can ask for a seal is named here: each of these seals what it knows from its source, never what it read. Whoever else needs a seal goes through one of them.',
      severity: 'error',
      from: {
        pathNot: [
          '^src/core/seal/',
          '^src/adapters/keyvault/key-vault-sealer',
          '^src/platform/(platform|open-seals)',
          '^src/features/(recovery-points/point-seals|audit/line-seals)',
          '^src/features/(drill/(journal|model/results)|status/summarize-scan|console/(console|summaries))',
          '^src/cli/doctor/check-seals',
        ],
      },
      to: { path: '^src/core/seal/(sealer|seals)' },
    },
    {
      name: 'only-operators-destroy-keys',
      comment:
        'What creates, deletes and purges keys is for a person at the command line; no app can reach it.',
      severity: 'error',
      from: { pathNot: '^src/(cli/|adapters/keyvault/key-administration)' },
      to: { path: '^src/adapters/keyvault/key-administration' },
    },
    {
      name: 'only-drills-destroy-copies',
      comment:
        'What deletes and purges the copies in a drill HSM is for the drill app alone; no other app can reach it.',
      severity: 'error',
      from: { pathNot: '^src/(platform/drill-app|adapters/keyvault/drill-key-operations)' },
      to: { path: '^src/adapters/keyvault/drill-key-operations' },
    },
    {
      name: 'nothing-needs-the-command-line',
      severity: 'error',
      from: { path: '^(functions|src/)', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'the-console-knows-types-only',
      comment: 'It runs in a browser: of the product it takes what answers look like, and no line that runs.',
      severity: 'error',
      from: { path: '^src/console/' },
      to: {
        pathNot: ['^src/console/', 'node_modules/preact/', 'node_modules/@azure/msal-browser/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-needs-the-console',
      comment: 'It is served as files.',
      severity: 'error',
      from: { path: '^(functions|src/|tools|bench)', pathNot: '^src/console/' },
      to: { path: '^src/console/' },
    },
    {
      name: 'the-checker-stands-alone',
      comment: 'Who judges a campaign shares no line with what is judged, nor with who ran it.',
      severity: 'error',
      from: { path: '^tools/chaos/checker/' },
      to: { pathNot: ['^tools/chaos/checker/', '^(node:)?(crypto|https|fs/promises)$'] },
    },
    {
      name: 'no-test-in-the-product',
      severity: 'error',
      from: { path: '^(functions|src)/' },
      to: { path: '^(test|bench|tools)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: '^tools/infra/rules' },
      to: { circular: true },
    },
    {
      name: 'no-folder-circles',
      comment: 'Two folders that import each other are one folder with a wall through it.',
      severity: 'error',
      scope: 'folder',
      from: { pathNot: '^test' },
      to: { circular: true },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
