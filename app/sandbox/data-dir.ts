import { access, chmod, constants, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, messageOf } from '../kit/errors.ts';

/** The account PostgreSQL runs as; undefined = the person who started us. PostgreSQL refuses to run as root. */
export type Owner = Readonly<{ uid: number; gid: number }> | undefined;

const NOBODY = { uid: 65_534, gid: 65_534 };

const passwdEntry = async (name: string): Promise<Owner> => {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = passwd.split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = fields.find(([user]) => user === name) ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
};

/** `nobody` when we are root, else undefined. */
export const findOwner = async (): Promise<Owner> => (process.getuid?.() === 0 ? ((await passwdEntry('nobody')) ?? NOBODY) : undefined);

const assertReachable = async (folder: string): Promise<void> => {
  for (let current = folder; ; current = dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) {
      throw new AppError(
        'CONFIG_INVALID',
        `As root, PostgreSQL runs as the user nobody, and ${current} is closed to it. Set VALERA_DATA_DIR to a folder under /var/lib, or open it: chmod o+x ${current}`,
      );
    }
    if (current === dirname(current)) return;
  }
};

/**
 * Makes the data folder, closed to others; as root the user nobody may pass through it, whatever the umask says.
 * @throws AppError CONFIG_INVALID with the way out when it cannot be made, written or reached
 */
export const makeDataDir = async (folder: string): Promise<void> => {
  const owner = await findOwner();
  try {
    const first = await mkdir(folder, { recursive: true });
    for (let current = folder; first && current.startsWith(first); current = dirname(current)) await chmod(current, owner ? 0o711 : 0o700);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `The data folder cannot be used: ${messageOf(error)}. Set VALERA_DATA_DIR to a folder that is yours.`, {
      cause: error,
    });
  }
  if (owner) await assertReachable(folder);
};
