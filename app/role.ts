import { readFile } from 'node:fs/promises';
import { ROLES_FILE, type Role, type RolesFile } from './contract/roles.ts';
import type { Clock } from './kit/clock.ts';
import type { Logger } from './kit/logger.ts';

export type RoleState = Readonly<{ role: Role; epoch: number }>;

type Options = Readonly<{
  file: string | undefined;
  revision: string | undefined;
  pollMs: number;
  clock: Clock;
  logger: Logger;
  onChange: (state: RoleState) => void;
}>;

const STANDBY: RoleState = { role: 'standby', epoch: 0 };

/** The role of `revision` under `roles`, unless an older epoch than `now` tells it. */
export const decideRole = (now: RoleState, roles: RolesFile, revision: string | undefined): RoleState => {
  if (roles.epoch < now.epoch) return now;
  if (revision !== undefined && roles.active === revision) return { role: 'active', epoch: roles.epoch };
  if (revision !== undefined && roles.draining.includes(revision)) return { role: 'draining', epoch: roles.epoch };
  return { role: 'standby', epoch: roles.epoch };
};

const parseRoles = (text: string): RolesFile | undefined => {
  try {
    return ROLES_FILE.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/**
 * Follows the role file. No file configured: always active (a local run). Configured but unreadable: the last known role, else standby;
 * a pod that cannot tell must not work beside the one that was told to.
 */
export const createRoleWatch = ({ file, revision, pollMs, clock, logger, onChange }: Options) => {
  let state: RoleState = file === undefined ? { role: 'active', epoch: 0 } : STANDBY;
  const ended = new AbortController();
  let finished: Promise<void> = Promise.resolve();

  const look = async (path: string): Promise<void> => {
    const roles = parseRoles(await readFile(path, 'utf8').catch(() => ''));
    if (!roles) return;
    const next = decideRole(state, roles, revision);
    if (next.role === state.role && next.epoch === state.epoch) return;
    logger.info({ from: state.role, to: next.role, epoch: next.epoch }, 'role changed');
    state = next;
    onChange(state);
  };

  const follow = async (path: string): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(pollMs, ended.signal);
      await look(path);
    }
  };

  return {
    state: (): RoleState => state,
    start: async (): Promise<void> => {
      if (file === undefined) return;
      await look(file);
      finished = follow(file);
    },
    stop: async (): Promise<void> => {
      ended.abort();
      await finished;
    },
  };
};
