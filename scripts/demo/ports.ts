import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../app/kit/errors.ts';
import { PORT_VARIABLES, type Ports } from './settings.ts';

const HOST = '127.0.0.1';
const LOOK_AHEAD = 50;

const isFree = async (port: number): Promise<boolean> => {
  const probe = createServer().listen(port, HOST);
  try {
    await once(probe, 'listening');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
  probe.close();
  await once(probe, 'close');
  return true;
};

const freeNear = async (port: number): Promise<number> => {
  for (let candidate = port + 1; candidate <= port + LOOK_AHEAD; candidate += 1) if (await isFree(candidate)) return candidate;
  return port + 1;
};

/** @throws AppError PORT_BUSY naming every busy port, who wanted it and the way out */
export const assertPortsFree = async (ports: Ports): Promise<void> => {
  const busy: string[] = [];
  const instead: string[] = [];
  for (const role of ['page', 'app', 'admin'] as const) {
    if (await isFree(ports[role])) continue;
    const { name, what } = PORT_VARIABLES[role];
    busy.push(`Port ${ports[role]} (${what}) is taken by another program.`);
    instead.push(`${name}=${await freeNear(ports[role])}`);
  }
  if (busy.length > 0) throw new AppError('PORT_BUSY', `${busy.join('\n')}\nEnd that program, or start beside it: ${instead.join(' ')} npm start`);
};
