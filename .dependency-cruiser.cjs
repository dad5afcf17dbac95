/** Dependencies point inward: functions -> compose -> adapters -> engine. */
module.exports = {
  forbidden: [
    {
      name: 'engine-is-pure',
      comment: 'The engine imports itself, zod and node:crypto (hashing); nothing that does IO.',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { pathNot: ['^src/engine/', 'node_modules/zod/', '^(node:)?crypto$'] },
    },
    {
      name: 'adapters-know-only-the-engine',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(functions|src/(compose|config|emulator|local|cli|web))' },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'One adapter folder does not reach into another.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/($1|http)/' },
    },
    {
      name: 'config-knows-only-the-engine',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^(functions|src/(adapters|compose|emulator|local|cli|web))' },
    },
    {
      name: 'emulator-stands-alone',
      comment: 'The emulator must not be judged by, nor share mistakes with, the product it tests.',
      severity: 'error',
      from: { path: '^src/emulator/' },
      to: { path: '^(functions|src/(adapters|compose|config|engine|local|cli|web))' },
    },
    {
      name: 'product-does-not-need-the-emulator',
      severity: 'error',
      from: { path: '^(functions|src/(engine|adapters|config|compose))' },
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
      name: 'functions-register-only',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^src/(adapters|emulator|local)/' },
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
      name: 'nothing-needs-the-command-line',
      severity: 'error',
      from: { path: '^(functions|src/)', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans-in-node_modules', severity: 'error', from: {}, to: { couldNotResolve: true } },
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
