import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../app/kit/logger.ts';
import { stopLeftover } from '../../app/sandbox/postgres-leftover.ts';

/** Folders we made ourselves: VALERA_DATA_DIR may name a folder that holds other things. */
const OURS = ['postgres', 'sandbox'];

/** Clears the data of earlier runs. The caller holds the lock of the folder. */
export const resetData = async (dataDir: string, logger: Logger): Promise<void> => {
  const data = join(dataDir, 'postgres/data');
  if (existsSync(data)) await stopLeftover(data, logger); // its server would go on writing
  for (const name of OURS) await rm(join(dataDir, name), { recursive: true, force: true });
};
