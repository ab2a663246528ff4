import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import { openJournal } from './journal.ts';
import { SANDBOX_BOT_ID } from './people.ts';
import { applyEntry, emptyState, type Entry, type Identity, type SandboxState } from './state.ts';

type Undated<E> = E extends Entry ? Omit<E, 'at'> : never;
export type Store = Readonly<{ state: Readonly<SandboxState>; identity: Identity; append: (entry: Undated<Entry>) => void; close: () => void }>;

const newIdentity = (): Identity => ({
  botToken: `${SANDBOX_BOT_ID}:${randomBytes(32).toString('base64url').slice(0, 35)}`,
  llmApiKey: `sk-sandbox-${randomBytes(16).toString('hex')}`,
});

/** Chats, messages, undelivered updates, the webhook registration and the sandbox's own keys: one journal under `dataDir/sandbox/`. */
export const openStore = ({ dataDir, clock, logger }: { dataDir: string; clock: Clock; logger: Logger }): Store => {
  const state = emptyState();
  const journal = openJournal<Entry>({ file: join(dataDir, 'sandbox', 'journal.jsonl'), apply: (entry) => applyEntry(state, entry), logger });
  const append = (entry: Undated<Entry>): void => journal.append({ at: clock.now().getTime(), ...entry });
  const identity = state.identity ?? newIdentity();
  if (!state.identity) append({ kind: 'identity', identity });
  return { state, identity, append, close: journal.close };
};
