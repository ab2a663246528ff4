/** What `node app/main.ts <command>` does; without one it serves. */
export const COMMANDS = {
  serve: 'take updates, answer them, send the answers (default)',
  migrate: 'bring the database schema to the level of this release; needs only the database group of the configuration',
  preflight: 'check configuration, workshop content and database, print the facts as JSON, change nothing',
  smoke: 'run one scripted conversation through the whole path with a recording sender',
} as const;

export type Command = keyof typeof COMMANDS;
