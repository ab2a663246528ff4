import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxClient } from './sandbox-client.ts';
import type { SoakSettings } from './settings.ts';

type Fault = Readonly<{ fault: string } & Record<string, unknown>>;

export const TELEGRAM_FAULTS: readonly Fault[] = [
  { fault: 'flood', retry_after: 1 },
  { fault: 'server_error', status: 502, applied: false },
  { fault: 'server_error', status: 504, applied: true },
  { fault: 'server_error', status: 500, telegram_json: true },
  { fault: 'time_out', applied: true },
  { fault: 'time_out', applied: false },
  { fault: 'cut_after' },
  { fault: 'cut_before' },
  { fault: 'migrate_group' },
];

export const MODEL_FAULTS: readonly Fault[] = [
  { fault: 'stall_before_first_byte' },
  { fault: 'stall_mid_stream' },
  { fault: 'cut_mid_stream' },
  { fault: 'garbage' },
  { fault: 'flood', retry_after: 1 },
  { fault: 'server_error' },
  { fault: 'unknown_tool' },
  { fault: 'wrong_arguments' },
];

/** No faults, but the model's own time. */
export const calm = ({ modelMs, scale }: SoakSettings): { telegram: Fault[]; model: Fault[] } => ({
  telegram: [],
  model: [{ fault: 'slow', delay_ms: Math.max(1, Math.round(modelMs / scale)) }],
});

/** Every kind at its own small rate, all at once; and surely the `round`-th kind of each service, once. */
const buildFaults = (settings: SoakSettings, seed: number, round: number): object => {
  const rare = (fault: Fault): Fault => ({ ...fault, probability: settings.faultRate });
  const sure = (faults: readonly Fault[]): Fault[] =>
    faults
      .slice(round % faults.length)
      .slice(0, 1)
      .map((fault) => ({ ...fault, count: 1 }));
  const quiet = calm(settings);
  return {
    seed: (seed + round) % 2 ** 32,
    telegram: [...sure(TELEGRAM_FAULTS), ...TELEGRAM_FAULTS.map(rare)],
    model: [...sure(MODEL_FAULTS), ...MODEL_FAULTS.map(rare), ...quiet.model],
  };
};

const ROUNDS = TELEGRAM_FAULTS.length * 2;

/** Keeps faults switched on for `forMs`, in rounds, so that each kind strikes at least once however small its rate. */
export const keepFaulty = async (
  sandbox: SandboxClient,
  { settings, seed, forMs }: { settings: SoakSettings; seed: number; forMs: number },
  stopping: AbortSignal,
) => {
  for (let round = 0; round < ROUNDS && !stopping.aborted; round++) {
    await sandbox.setFaults(settings.faultRate === 0 ? calm(settings) : buildFaults(settings, seed, round));
    await sleep(forMs / ROUNDS, undefined, { signal: stopping }).catch(() => undefined);
  }
};
