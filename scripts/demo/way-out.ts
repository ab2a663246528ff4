import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PORT_VARIABLES, type Settings } from './settings.ts';

const MOST_FOLDERS = 100;

const quoted = (text: string): string => (/^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

/** A whole command for a shell in this folder: the data folder and all three ports, so that nothing of what is set elsewhere gets in its way. */
export const startCommand = ({ dataDir, ports, reset = false }: Pick<Settings, 'dataDir' | 'ports'> & Readonly<{ reset?: boolean }>): string => {
  const variables = Object.entries(PORT_VARIABLES).map(([role, { name }]) => `${name}=${ports[role as keyof typeof ports]}`);
  return [`VALERA_DATA_DIR=${quoted(dataDir)}`, ...variables, 'npm start', ...(reset ? ['-- --reset'] : [])].join(' ');
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A folder that is not there yet and can be made: beside the given one, else among the temporary ones. */
export const folderBeside = (dataDir: string): string => {
  const base = isWritable(dirname(dataDir)) ? dataDir : join(tmpdir(), 'valera');
  const names = Array.from({ length: MOST_FOLDERS }, (_, index) => `${base}-${index + 2}`);
  return names.find((name) => !existsSync(name)) ?? `${base}-${Date.now()}`;
};
