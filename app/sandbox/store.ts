import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import { openJournal } from './journal.ts';
import { SANDBOX_BOT_ID } from './people.ts';
import { applyEntry, emptyState, type Entry, type Identity, type SandboxState, takeSnapshot } from './state.ts';

export type Undated<E> = E extends Entry ? Omit<E, 'at'> : never;
export type Store = Readonly<{ state: Readonly<SandboxState>; identity: Identity; append: (entry: Undated<Entry>) => void; close: () => void }>;

const COMPACT_ABOVE_BYTES = 4 * 1_048_576;
const KEPT_PER_CHAT = 500;

const newIdentity = (): Identity => ({
  botToken: `${SANDBOX_BOT_ID}:${randomBytes(32).toString('base64url').slice(0, 35)}`,
  llmApiKey: `sk-sandbox-${randomBytes(16).toString('hex')}`,
});

type StoreOptions = Readonly<{
  dataDir: string;
  clock: Clock;
  logger: Logger;
  compactAboveBytes?: number;
  /** Hears each new line after it is written; none of the old ones. */
  onAppended?: (entry: Undated<Entry>) => void;
}>;

/** Chats, messages, undelivered updates, the webhook registration and the sandbox's own keys: one journal under `dataDir/sandbox/`. */
export const openStore = ({ dataDir, clock, logger, compactAboveBytes = COMPACT_ABOVE_BYTES, onAppended = () => undefined }: StoreOptions): Store => {
  const state = emptyState();
  const dated = (entry: Undated<Entry>): Entry => ({ at: clock.now().getTime(), ...entry });
  const journal = openJournal<Entry>({
    file: join(dataDir, 'sandbox', 'journal.jsonl'),
    apply: (entry) => applyEntry(state, entry),
    compactAboveBytes,
    summarise: () => dated({ kind: 'snapshot', state: takeSnapshot(state, KEPT_PER_CHAT) }),
    logger,
  });
  const append = (entry: Undated<Entry>): void => {
    journal.append(dated(entry));
    onAppended(entry);
  };
  const identity = state.identity ?? newIdentity();
  if (!state.identity) append({ kind: 'identity', identity });
  return { state, identity, append, close: journal.close };
};
