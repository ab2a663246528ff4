/**
 * What a run has left behind, as the checker reads it. It knows the sandbox's journal and nothing of the app: whoever judges must not
 * share the defendant's code.
 */

/**
 * Every generated text carries one: its class and a number in letters, since digits could be read as a price or a phone.
 * answer = must be answered; limited = may be refused politely; silent = needs no answer.
 */
const NONCE = /\b([als])-([a-z]{5,8})\b/g;
const DIGITS = 'bcdfghjklmnpqrstvwxz'; // no vowels, so no word of any language

export type Nonce = string;
export type NonceClass = 'answer' | 'limited' | 'silent';

const CLASSES: Readonly<Record<string, NonceClass>> = { a: 'answer', l: 'limited', s: 'silent' };
const LETTERS: Readonly<Record<NonceClass, string>> = { answer: 'a', limited: 'l', silent: 's' };

const inLetters = (number: number): string =>
  (number >= DIGITS.length ? inLetters(Math.floor(number / DIGITS.length)) : '') + (DIGITS[number % DIGITS.length] ?? '');

/** `number` from 0 to 25 599 999 999. */
export const buildNonce = (kind: NonceClass, number: number): Nonce => `${LETTERS[kind]}-${inLetters(number).padStart(5, DIGITS[0])}`;
export const classOf = (nonce: Nonce): NonceClass => CLASSES[nonce.slice(0, 1)] ?? 'silent';
export const noncesIn = (text: string): readonly Nonce[] => [...text.matchAll(NONCE)].map(([nonce]) => nonce);

type Text = Readonly<{ message_id: number; chat: Readonly<{ id: number }>; text?: string; caption?: string }>;

/** The lines of the sandbox's journal that the checker needs; docs/sandbox.md describes them. Others are passed over. */
export type JournalLine = Readonly<
  { at: number } & (
    | { kind: 'received'; update: Readonly<{ update_id: number; message?: Text; edited_message?: Text }> }
    | { kind: 'attempt'; updateId: number; startedAt?: number }
    | { kind: 'settled'; updateId: number; how: 'delivered' | 'expired'; startedAt?: number }
    | { kind: 'sent'; message: Text; hash?: string }
    | { kind: 'told'; chatId: number | null; messageId: number | null; told: 'ok' | 'refused' | 'withheld'; port?: number }
  )
>;

/**
 * A time during which processes could not record what they had just learned; milliseconds since the epoch. `ports` are the TCP ports from which the
 * process that was hit spoke to the sandbox; all = whoever spoke.
 */
export type Interruption = Readonly<{ kind: string; ports: readonly number[] | 'all'; fromMs: number; toMs: number }>;

export type Evidence = Readonly<{
  journal: readonly JournalLine[];
  /** The managers' group, under each id it had. */
  managerChatIds: readonly number[];
  /** Numbers of the booking table. */
  bookings: readonly number[];
  laneRepairs: number;
  interruptions: readonly Interruption[];
  /** How long before an answer its request, and after it its record, may be under way. */
  recordMs: number;
}>;

const KINDS: ReadonlySet<string> = new Set(['received', 'attempt', 'settled', 'sent', 'told']);

const isJournalLine = (value: unknown): value is JournalLine => KINDS.has(String((value as { kind?: unknown } | null)?.kind));

/** Reads a journal file. A line torn by a kill is the last one or nothing; any other unreadable line makes the evidence worthless. */
export const readJournal = (text: string): readonly JournalLine[] => {
  const lines = text.split('\n');
  const torn = lines.pop();
  if (torn !== undefined && torn !== '') lines.push(torn);
  return lines.flatMap((line, index) => {
    try {
      const value: unknown = JSON.parse(line);
      return isJournalLine(value) ? [value] : [];
    } catch (error) {
      if (index === lines.length - 1) return [];
      throw new Error(`line ${index + 1} of the journal is not JSON; the run cannot be judged`, { cause: error });
    }
  });
};
