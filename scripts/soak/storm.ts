import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakDatabase } from './database.ts';
import type { Interruption } from './evidence.ts';
import type { AppProcess, Fleet } from './fleet.ts';
import { portsOf } from './ports.ts';
import type { Draw } from './random.ts';
import { appDurations, STORM_KINDS, type SoakSettings, type StormKind } from './settings.ts';
import type { Traffic } from './traffic.ts';

type Deps = Readonly<{
  settings: SoakSettings;
  fleet: Fleet;
  database: SoakDatabase;
  traffic: Traffic;
  controlDir: string;
  draw: Draw;
  say: (text: string) => void;
}>;

// who holds a turn whose model is being asked, or a message whose outcome is not recorded yet
const IN_MODEL = `SELECT owner FROM lane WHERE owner IS NOT NULL AND lease_until > clock_timestamp()`;
const IN_SEND = `SELECT owner FROM outbox_chat JOIN outbox USING (bot_id, chat_id) WHERE owner IS NOT NULL AND lease_until > clock_timestamp() AND state = 'sending'`;

const PAUSE_MS = 40_000;
const LEASES_PAUSED = 2; // the paused process comes back to lanes that others have taken
const DISK_MS = 10_000;
const STEPS_MS = [3_600_000, -3_600_000, 90_000, -90_000, 0] as const;
const LOOKS = 400;

/** What happens to processes and database during a run, one after another at drawn moments; every one is written down. */
export const createStorm = ({ settings, fleet, database, traffic, controlDir, draw, say }: Deps) => {
  const interruptions: Interruption[] = [];
  const count: Partial<Record<StormKind, number>> = {};
  let kills = 0;

  const during = async (kind: string, ports: readonly number[] | 'all', work: () => Promise<void> | void): Promise<void> => {
    const fromMs = Date.now();
    await work();
    interruptions.push({ kind, ports, fromMs, toMs: Date.now() });
  };

  const anyone = (): AppProcess | undefined => {
    const living = fleet.living();
    return living.length === 0 ? undefined : draw.pick(living);
  };

  const kill = async (app: AppProcess): Promise<void> => {
    kills += 1;
    app.child.kill('SIGSTOP'); // so that its connections can be counted
    await during('kill', portsOf(app.pid), async () => {
      app.child.kill('SIGKILL');
      await app.ended;
    });
  };

  /** Looks until a process is in that state; then it dies. */
  const killWhere = async (sql: string): Promise<boolean> => {
    for (let look = 0; look < LOOKS; look++) {
      const rows = await database.query<{ owner: string }>(sql).catch(() => []);
      const app = rows.map(({ owner }) => fleet.ofOwner(owner)).find((found) => found !== undefined);
      if (app) {
        await kill(app);
        return true;
      }
      await sleep(2);
    }
    return false;
  };

  const ACTS: Readonly<Record<StormKind, () => Promise<boolean>>> = {
    kill: async () => {
      const app = anyone();
      if (app) await kill(app);
      return app !== undefined;
    },
    'kill-in-model': () => killWhere(IN_MODEL),
    'kill-in-send': () => killWhere(IN_SEND),
    terminate: async () => {
      const app = anyone();
      if (!app) return false;
      app.child.kill('SIGTERM');
      await app.ended;
      return true;
    },
    pause: async () => {
      const app = anyone();
      if (!app) return false;
      app.child.kill('SIGSTOP');
      await during('pause', portsOf(app.pid), async () => {
        await sleep(Math.max(PAUSE_MS / settings.scale, LEASES_PAUSED * Number(appDurations(settings)['LANE_LEASE_MS'])));
        app.child.kill('SIGCONT');
      });
      return true;
    },
    database: async () => {
      await during('database', 'all', () => database.crash());
      return true;
    },
    disk: async () => {
      if (!database.ownDisk) return false;
      await during('disk', 'all', async () => {
        database.fillDisk();
        await sleep(DISK_MS / settings.scale);
        await database.freeDisk();
      });
      return true;
    },
    clock: async () => {
      writeFileSync(join(controlDir, 'clock-offset-ms'), String(draw.pick(STEPS_MS)));
      return Promise.resolve(true);
    },
    abort: async () => {
      const before = fleet.starts();
      const fromMs = Date.now();
      await traffic.writeAbort();
      for (let look = 0; look < LOOKS * 10 && fleet.starts() === before; look++) await sleep(5);
      interruptions.push({ kind: 'abort', ports: 'all', fromMs, toMs: Date.now() });
      return fleet.starts() > before;
    },
  };

  const plan = (): readonly StormKind[] => {
    const kinds = STORM_KINDS.flatMap((kind) => Array.from({ length: settings.storm[kind] ?? 0 }, () => kind));
    return kinds
      .map((kind) => ({ kind, at: draw.unit() }))
      .sort((a, b) => a.at - b.at)
      .map(({ kind }) => kind);
  };

  return {
    /** Spreads the acts over `forMs`. */
    run: async (forMs: number, stopping: AbortSignal): Promise<void> => {
      const acts = plan();
      const startedMs = performance.now();
      for (const [index, kind] of acts.entries()) {
        const dueMs = startedMs + ((index + draw.unit()) / acts.length) * forMs;
        await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: stopping }).catch(() => undefined);
        if (stopping.aborted) return;
        const done = await ACTS[kind]();
        if (done) count[kind] = (count[kind] ?? 0) + 1;
        say(`${kind}${done ? '' : ' (found no victim)'}`);
      }
    },
    interruptions: (): readonly Interruption[] => interruptions,
    count: (): Readonly<Partial<Record<StormKind, number>>> => count,
    kills: (): number => kills,
  };
};

export type Storm = ReturnType<typeof createStorm>;
