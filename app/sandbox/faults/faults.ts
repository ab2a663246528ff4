import { randomInt } from 'node:crypto';
import type { Events } from '../events.ts';
import { createRandom } from './random.ts';
import type { FaultsRequest, ModelFault, TelegramFault } from './request.ts';

type Armed<Fault> = { readonly fault: Fault; left: number | null; hits: number };
type Rare = Readonly<{ fault: string; count?: number | undefined; probability?: number | undefined }>;

const MAX_SEED = 2 ** 32 - 1;

const arm = <Fault extends Rare>(faults: readonly Fault[]): Armed<Fault>[] => faults.map((fault) => ({ fault, left: fault.count ?? null, hits: 0 }));

/** `left` is how often it will still strike; null = no limit. */
const view = ({ fault, left, hits }: Armed<Rare>) => ({ ...fault, left, hits });

/** What is struck when no method is named: messages. A lost «typing…» would use up the fault and nobody would see it. */
const isMessage = (method: string): boolean => /^(?:send|edit)/i.test(method) && method.toLowerCase() !== 'sendchataction';

/** A method is struck when it is named, or when none is named and it sends or changes a message. */
const strikesCall = (fault: TelegramFault, { method, chatId }: TelegramCall): boolean => {
  if (fault.fault === 'migrate_group') return false; // the chat's own matter, see takeMigration
  if (fault.method === undefined ? !isMessage(method) : fault.method.toLowerCase() !== method.toLowerCase()) return false;
  return fault.chat_id === undefined || fault.chat_id === chatId;
};

export type TelegramCall = Readonly<{ method: string; chatId: number | null }>;
export type Faults = ReturnType<typeof createFaults>;

/** The switched-on faults of one sandbox, and how often each struck. In memory: a restart of the sandbox switches all of them off. */
export const createFaults = ({ events }: { events: Events }) => {
  let seed = 0;
  let random = createRandom(seed);
  let telegram: Armed<TelegramFault>[] = [];
  let model: Armed<ModelFault>[] = [];
  const totals: { telegram: Record<string, number>; model: Record<string, number> } = { telegram: {}, model: {} };

  const take = <Fault extends Rare>(
    armed: readonly Armed<Fault>[],
    { total, matches }: { total: Record<string, number>; matches: (fault: Fault) => boolean },
  ) => {
    for (const candidate of armed) {
      const { fault } = candidate;
      if (candidate.left === 0 || !matches(fault)) continue;
      if (fault.probability !== undefined && random() >= fault.probability) continue;
      if (candidate.left !== null) candidate.left -= 1;
      candidate.hits += 1;
      total[fault.fault] = (total[fault.fault] ?? 0) + 1;
      events.publish({ kind: 'faults' });
      return fault;
    }
    return undefined;
  };

  return {
    /** Replaces all faults; empty lists switch everything off. Hits of all faults since the start stay in `totals`. */
    set: (request: FaultsRequest): void => {
      seed = request.seed ?? randomInt(MAX_SEED);
      random = createRandom(seed);
      telegram = arm(request.telegram);
      model = arm(request.model);
      events.publish({ kind: 'faults' });
    },
    view: () => ({ seed, telegram: telegram.map(view), model: model.map(view), totals }),
    /** The fault that strikes this call, counted as a hit. */
    takeTelegram: (call: TelegramCall): TelegramFault | undefined => take(telegram, { total: totals.telegram, matches: (fault) => strikesCall(fault, call) }),
    /** Whether the group's upgrade is played on this send to it. */
    takeMigration: (): boolean => take(telegram, { total: totals.telegram, matches: ({ fault }) => fault === 'migrate_group' }) !== undefined,
    takeModel: (): ModelFault | undefined => take(model, { total: totals.model, matches: () => true }),
  };
};
