import { classOf, type Evidence, type Interruption, type Nonce } from './evidence.ts';
import { keyOf, readAsked, readCopies, readSeen, readTold, type Asked, type Copy, type Seen, type Told } from './read-run.ts';

/** A copy that its sender could not help. */
type Excused = Readonly<{ nonce: Nonce; chatId: number; messageId: number; why: 'withheld' | 'interrupted' }>;

export type Verdict = Readonly<{
  updates: number;
  lost: readonly string[];
  doubled: readonly string[];
  outOfOrder: readonly string[];
  bookings: readonly string[];
  laneRepairs: number;
  excused: readonly Excused[];
  /** Updates the model could not answer in time: their customers were told so, and the managers have the words. */
  handedOver: readonly Nonce[];
  ok: boolean;
}>;

type SeenBy = ReadonlyMap<string, readonly Seen[]>;

const UNANSWERED = /^Бот не смог ответить клиенту\n/;

const isUnanswered = ({ nonce, chatId, isReplaced, takenAtMs }: Asked, seen: SeenBy): boolean => {
  if (classOf(nonce) !== 'answer' || isReplaced) return false; // an edit that came before the answer stands for the text it replaces
  return takenAtMs === null || !seen.has(keyOf(chatId, nonce));
};

const isHandedOver = ({ nonce, takenAtMs }: Asked, seen: SeenBy, managerChatIds: readonly number[]): boolean =>
  takenAtMs !== null && managerChatIds.some((group) => seen.get(keyOf(group, nonce))?.some(({ copy }) => UNANSWERED.test(copy.text)));

const describeLost = (lost: readonly Asked[]): readonly string[] =>
  lost.map(({ nonce, chatId, takenAtMs }) => `${nonce} in chat ${chatId}${takenAtMs === null ? ' (never taken)' : ''}`);

// before: the answer was there and not yet recorded; after: the request was under way when its sender died, and the sandbox had not come to it
const covers = ({ ports, fromMs, toMs }: Interruption, { atMs, port = 0 }: Told, recordMs: number): boolean =>
  (ports === 'all' || ports.includes(port)) && fromMs <= atMs + recordMs && toMs >= atMs - recordMs;

type Excuses = Readonly<{ told: ReadonlyMap<string, Told>; evidence: Evidence }>;

/**
 * A text may be sent again when its sender could not know that it had arrived: the answer was withheld before the next copy went out, or
 * processes or the database were interrupted before it could be recorded.
 */
const whyAgain = (earlier: Copy, next: Copy, { told, evidence }: Excuses): Excused['why'] | undefined => {
  const fate = told.get(keyOf(earlier.chatId, earlier.messageId));
  if (earlier.text !== next.text || !fate || fate.line > next.line) return undefined;
  if (fate.told === 'withheld') return 'withheld';
  return evidence.interruptions.some((interruption) => covers(interruption, fate, evidence.recordMs)) ? 'interrupted' : undefined;
};

type Repeats = Readonly<{ doubled: readonly string[]; excused: readonly Excused[] }>;

const findRepeats = (asked: readonly Asked[], seen: SeenBy, excuses: Excuses): Repeats => {
  const doubled: string[] = [];
  const excused: Excused[] = [];
  for (const { nonce, chatId } of asked) {
    const copies = (seen.get(keyOf(chatId, nonce)) ?? []).map(({ copy }) => copy);
    for (const [index, next] of copies.slice(1).entries()) {
      const earlier = copies[index] ?? next;
      const why = whyAgain(earlier, next, excuses);
      if (why) excused.push({ nonce, chatId, messageId: next.messageId, why });
      else doubled.push(`${nonce} in chat ${chatId}: messages ${earlier.messageId} and ${next.messageId}`);
    }
  }
  return { doubled, excused };
};

type Shown = Asked & Readonly<{ first: Seen }>;

const isBefore = (a: Seen, b: Seen): boolean => a.copy.line < b.copy.line || (a.copy === b.copy && a.place < b.place);

/** `later` arose after `earlier` was taken, and the chat shows it first. */
const isReversed = (earlier: Shown, later: Shown): boolean => {
  if (earlier.updateId >= later.updateId || earlier.takenAtMs === null || earlier.takenAtMs > later.firstTriedMs) return false;
  if (later.isEdit && later.first.copy === earlier.first.copy) return false; // an edit answered with its batch keeps the place of its message
  return isBefore(later.first, earlier.first);
};

const shownByChat = (asked: readonly Asked[], seen: SeenBy): readonly (readonly Shown[])[] => {
  const shown = asked.flatMap((update) => {
    const first = seen.get(keyOf(update.chatId, update.nonce))?.[0];
    return first ? [{ ...update, first }] : [];
  });
  return [...Map.groupBy(shown, ({ chatId }) => chatId).values()];
};

const findReversals = (asked: readonly Asked[], seen: SeenBy): readonly string[] =>
  shownByChat(asked, seen).flatMap((shown) =>
    shown.flatMap((earlier) =>
      shown.filter((later) => isReversed(earlier, later)).map((later) => `${later.nonce} before ${earlier.nonce} in chat ${earlier.chatId}`),
    ),
  );

const NOTICE = /^Заявка №(\d+)\n/;

const noticesByNumber = (copies: readonly Copy[], managerChatIds: readonly number[]): ReadonlyMap<number, ReadonlySet<string>> => {
  const notices = copies.flatMap(({ chatId, text }) => {
    const [, number] = NOTICE.exec(text) ?? [];
    return managerChatIds.includes(chatId) && number !== undefined ? [{ number: Number(number), text }] : [];
  });
  return new Map([...Map.groupBy(notices, ({ number }) => number)].map(([number, group]) => [number, new Set(group.map(({ text }) => text))]));
};

const checkBookings = ({ bookings, managerChatIds }: Evidence, copies: readonly Copy[]): readonly string[] => {
  const notices = noticesByNumber(copies, managerChatIds);
  const sorted = [...bookings].sort((a, b) => a - b);
  return [
    ...sorted.flatMap((number, index) => (number === index + 1 ? [] : [`booking number ${number} where ${index + 1} was expected`])),
    ...sorted.flatMap((number) => (notices.get(number)?.size === 1 ? [] : [`booking ${number} has ${notices.get(number)?.size ?? 0} distinct notices`])),
    ...[...notices.keys()].filter((number) => !bookings.includes(number)).map((number) => `a notice of booking ${number}, which does not exist`),
  ];
};

/**
 * Judges a drained run. LOST: an update that must be answered and was never taken, or whose nonce neither a message of its chat shows nor the notice
 * that asks a manager to answer. DOUBLED: a nonce
 * in two messages without an excuse. OUT OF ORDER: u was taken before v was first tried, and v is shown first.
 */
export const checkRun = (evidence: Evidence): Verdict => {
  const { journal, laneRepairs } = evidence;
  const asked = readAsked(journal);
  const copies = readCopies(journal);
  const seen = readSeen(copies);
  const unanswered = asked.filter((update) => isUnanswered(update, seen));
  const handedOver = unanswered.filter((update) => isHandedOver(update, seen, evidence.managerChatIds));
  const lost = describeLost(unanswered.filter((update) => !handedOver.includes(update)));
  const { doubled, excused } = findRepeats(asked, seen, { told: readTold(journal), evidence });
  const outOfOrder = findReversals(asked, seen);
  const bookings = checkBookings(evidence, copies);
  const ok = [lost, doubled, outOfOrder, bookings].every((list) => list.length === 0) && laneRepairs === 0;
  return { updates: asked.length, lost, doubled, outOfOrder, bookings, laneRepairs, excused, handedOver: handedOver.map(({ nonce }) => nonce), ok };
};
