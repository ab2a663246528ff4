import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../app/kit/errors.ts';
import { PORT_VARIABLES, type Ports, type Settings } from './settings.ts';
import { startCommand } from './way-out.ts';

const HOST = '127.0.0.1';
const LOOK_AHEAD = 50;
const ROLES = ['page', 'app', 'admin'] as const;

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

const freeNear = async (port: number, taken: readonly number[]): Promise<number> => {
  for (let candidate = port + 1; candidate <= port + LOOK_AHEAD; candidate += 1) {
    if (!taken.includes(candidate) && (await isFree(candidate))) return candidate;
  }
  return port + 1;
};

/** Three different free ports: those asked for where nothing listens, else the next free ones. */
export const freePorts = async (wanted: Ports): Promise<Ports> => {
  const found: Ports = { ...wanted };
  for (const role of ROLES) {
    if (await isFree(wanted[role])) continue;
    Object.assign(found, { [role]: await freeNear(wanted[role], Object.values(found)) });
  }
  return found;
};

/** @throws AppError PORT_BUSY naming every busy port, who wanted it and a command that starts beside it */
export const assertPortsFree = async (settings: Pick<Settings, 'ports' | 'dataDir' | 'reset'>): Promise<void> => {
  const { ports } = settings;
  const free = await freePorts(ports);
  const busy = ROLES.filter((role) => free[role] !== ports[role]).map(
    (role) => `Port ${ports[role]} (${PORT_VARIABLES[role].what}) is taken by another program.`,
  );
  if (busy.length === 0) return;
  throw new AppError('PORT_BUSY', `${busy.join('\n')}\nEnd that program, or start beside it:\n  ${startCommand({ ...settings, ports: free })}`);
};
