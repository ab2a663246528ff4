import { ADMIN_PATHS, PUBLIC_PATHS } from '../../app/contract/endpoints.ts';
import type { Settings } from './settings.ts';

export type Running = Readonly<{
  pageUrl: string;
  accessToken: string;
  tokenFile: string;
  logFile: string;
  workshopName: string;
  databaseVersion: string | undefined;
  model: string;
}>;

const REAL: Readonly<Record<string, string>> = {
  Telegram: 'TELEGRAM_BOT_TOKEN',
  Model: 'LLM_BASE_URL and LLM_API_KEY',
  Database: 'DATABASE_URL',
  Workshop: 'WORKSHOP_DIR',
};

const table = (rows: readonly (readonly [string, string])[]): string => rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`).join('\n');

/** The last lines of a start: where to click, what is real, where things are. */
export const summarise = ({ settings, running }: { settings: Settings; running: Running }): string => {
  const { parts, ports } = settings;
  const stand = (part: string, text: string): readonly [string, string] => [part, `${text} (set ${REAL[part] ?? ''} for the real thing)`];
  const addresses: (readonly [string, string])[] = [
    ['App', `http://127.0.0.1:${ports.app}  ${Object.values(PUBLIC_PATHS).join(' ')}`],
    ['Admin', `http://127.0.0.1:${ports.admin}  ${Object.values(ADMIN_PATHS).join(' ')}`],
    ['Token', `${running.accessToken}  (also in ${running.tokenFile})`],
    ['Log', running.logFile],
    ['Data', settings.dataDir],
  ];
  const kinds = [
    parts.telegram === 'real' ? (['Telegram', 'real'] as const) : stand('Telegram', 'sandbox'),
    parts.model === 'real' ? (['Model', `real, ${running.model}`] as const) : stand('Model', 'scripted'),
    parts.database === 'real' ? (['Database', 'real, DATABASE_URL'] as const) : stand('Database', `PostgreSQL ${running.databaseVersion ?? ''} of its own`),
    parts.workshop === 'real' ? (['Workshop', `real, «${running.workshopName}»`] as const) : stand('Workshop', `invented, «${running.workshopName}»`),
  ];
  return `\n${table(addresses)}\n\n${table(kinds)}\n\n  Open this page: ${running.pageUrl}\n\n  Ctrl-C stops everything; npm start -- --reset clears the data.`;
};
