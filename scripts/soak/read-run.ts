import { noncesIn, type JournalLine, type Nonce } from './evidence.ts';

/** A generated update and when the app took it; `isReplaced`: a later edit of its message may stand for it. */
export type Asked = Readonly<{
  nonce: Nonce;
  chatId: number;
  updateId: number;
  isEdit: boolean;
  isReplaced: boolean;
  /** When it got its 2xx; null = never. */
  takenAtMs: number | null;
  firstTriedMs: number;
}>;

/** A message the bot made visible; `line` is its place in the journal, which is the order the chat shows. */
export type Copy = Readonly<{ messageId: number; chatId: number; text: string; line: number }>;
/** What became of the answer to a send; `port` is the one it went to. */
export type Told = Readonly<{ line: number; atMs: number; told: 'ok' | 'withheld'; port: number | undefined }>;
/** A nonce in a message; `place` counts the nonces before it. */
export type Seen = Readonly<{ copy: Copy; place: number }>;

type Received = Extract<JournalLine, { kind: 'received' }>;
type Delivery = Extract<JournalLine, { kind: 'attempt' | 'settled' }>;
type Fate = Pick<Asked, 'takenAtMs' | 'firstTriedMs'>;

const textOf = (message: Readonly<{ text?: string; caption?: string }>): string => message.text ?? message.caption ?? '';

export const keyOf = (chatId: number, what: string | number): string => `${chatId}/${what}`;

const readFates = (journal: readonly JournalLine[]): ReadonlyMap<number, Fate> => {
  const fates = new Map<number, Fate>();
  for (const line of journal) {
    if (line.kind === 'attempt' || line.kind === 'settled') fates.set(line.updateId, withDelivery(fates.get(line.updateId), line));
  }
  return fates;
};

const withDelivery = (fate: Fate = { takenAtMs: null, firstTriedMs: Infinity }, line: Delivery): Fate => ({
  takenAtMs: line.kind === 'settled' && line.how === 'delivered' ? line.at : fate.takenAtMs,
  firstTriedMs: Math.min(fate.firstTriedMs, line.startedAt ?? line.at),
});

const toAsked = ({ update }: Received): (Omit<Asked, keyof Fate | 'isReplaced'> & { messageId: number }) | undefined => {
  const message = update.message ?? update.edited_message;
  const [nonce] = message ? noncesIn(textOf(message)) : [];
  if (!message || nonce === undefined) return undefined;
  return { nonce, chatId: message.chat.id, messageId: message.message_id, updateId: update.update_id, isEdit: update.edited_message !== undefined };
};

/** Every update that carried a nonce, in the order in which it arose. */
export const readAsked = (journal: readonly JournalLine[]): readonly Asked[] => {
  const drafts = journal.flatMap((line) => (line.kind === 'received' ? (toAsked(line) ?? []) : []));
  const newest = new Map(drafts.map(({ chatId, messageId, updateId }) => [keyOf(chatId, messageId), updateId]));
  const fates = readFates(journal);
  return drafts.map(({ messageId, ...draft }) => ({
    ...draft,
    isReplaced: newest.get(keyOf(draft.chatId, messageId)) !== draft.updateId,
    ...(fates.get(draft.updateId) ?? { takenAtMs: null, firstTriedMs: Infinity }),
  }));
};

export const readCopies = (journal: readonly JournalLine[]): readonly Copy[] =>
  journal.flatMap((entry, line) =>
    entry.kind === 'sent' ? [{ messageId: entry.message.message_id, chatId: entry.message.chat.id, text: textOf(entry.message), line }] : [],
  );

/** By chat and message: what its sender got to know. */
export const readTold = (journal: readonly JournalLine[]): ReadonlyMap<string, Told> => {
  const told = new Map<string, Told>();
  for (const [line, entry] of journal.entries()) {
    if (entry.kind !== 'told' || entry.told === 'refused' || entry.chatId === null || entry.messageId === null) continue;
    told.set(keyOf(entry.chatId, entry.messageId), { line, atMs: entry.at, told: entry.told, port: entry.port });
  }
  return told;
};

/** By chat and nonce: where it can be read, first place first. A nonce in another chat than its own counts for nothing. */
export const readSeen = (copies: readonly Copy[]): ReadonlyMap<string, readonly Seen[]> => {
  const seen = new Map<string, Seen[]>();
  for (const copy of copies) {
    for (const [place, nonce] of noncesIn(copy.text).entries()) {
      const key = keyOf(copy.chatId, nonce);
      const places = seen.get(key);
      if (places) places.push({ copy, place });
      else seen.set(key, [{ copy, place }]);
    }
  }
  return seen;
};
