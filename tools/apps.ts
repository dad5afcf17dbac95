/** The function apps that every deployment has, each from its own entry point and with an identity of its own. */
export const MAIN_APPS = [
  { name: 'backup', entry: 'functions/main.ts' },
  { name: 'recovery', entry: 'functions/recovery-main.ts' },
] as const;

/** All of them: the drill app is there only where a drill HSM is. */
export const APPS = [...MAIN_APPS, { name: 'drill', entry: 'functions/drill-main.ts' }] as const;
