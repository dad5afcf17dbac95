/** The function apps that are deployed, each from its own entry point and with an identity of its own. */
export const APPS = [
  { name: 'backup', entry: 'functions/main.ts' },
  { name: 'recovery', entry: 'functions/recovery-main.ts' },
] as const;
