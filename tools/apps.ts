/** The function apps that are deployed, each from its own entry point. */
export const APPS = [{ name: 'backup', entry: 'functions/main.ts' }] as const;
