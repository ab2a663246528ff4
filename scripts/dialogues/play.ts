import { messageOf } from '../../app/kit/errors.ts';
import { actsOf, createTelegramSide, shownAct, type Message, type TelegramSide } from './chat.ts';
import { createFacts, findInDump, type Facts } from './facts.ts';
import { prepareGiven } from './given.ts';
import { judgeEnding, judgeNotices, judgeTurn, type Problem } from './judge.ts';
import { expandAll, localDate } from './moments.ts';
import { createQuiet, type Quiet } from './quiet.ts';
import { brokenRules } from './rules.ts';
import type { Conversation, Ending, Turn } from './schema.ts';
import { MANAGERS, type World } from './world.ts';

export type Outcome = Readonly<{ id: string; title: string; problems: readonly Problem[]; transcript: string; answers: number }>;

const FIRST_GUEST = 100_100;

type Person = { readonly chatId: number; readonly facts: Facts; lastSeen: number; lastTextId: number | undefined; isNew: boolean; seenTurns: Set<string> };
type Stage = Readonly<{
  world: World;
  telegram: TelegramSide;
  quiet: Quiet;
  amounts: ReadonlySet<number>;
  log: string[];
  problems: Problem[];
  counts: { answers: number };
}>;

const textOf = ({ text, caption }: Message): string => text ?? caption ?? '';

const newPerson = (world: World, chatId: number): Person => ({
  chatId,
  facts: createFacts(world, chatId),
  lastSeen: 0,
  lastTextId: undefined,
  isNew: true,
  seenTurns: new Set(),
});

/** The message in the group that a manager answers: the newest notice about the customer. */
const noticeToAnswer = async ({ facts }: Person): Promise<number | undefined> =>
  (await facts.notices()).findLast(({ messageId, kind, photos }) => messageId !== null && kind === 'notice' && photos === 0)?.messageId ?? undefined;

const act = async ({ telegram, quiet }: Stage, turn: Turn, person: Person): Promise<void> => {
  const isManager = turn.who === 'manager';
  const replyTo = turn.reply ? await noticeToAnswer(person) : undefined;
  const keys: string[] = [];
  for (const one of actsOf(turn, { editId: person.lastTextId, replyTo })) {
    const written = await telegram.write(isManager ? MANAGERS : person.chatId, one);
    keys.push(...written.keys);
    if (!isManager && turn.say !== undefined) person.lastTextId = written.messageId;
  }
  await quiet({ keys, chatIds: isManager ? [person.chatId, MANAGERS] : [person.chatId] });
};

const hear = async ({ telegram }: Stage, person: Person): Promise<readonly string[]> => {
  const messages = await telegram.messagesAfter(person.chatId, person.lastSeen);
  person.lastSeen = messages.at(-1)?.message_id ?? person.lastSeen;
  return messages.filter(({ from }) => from.is_bot).map(textOf);
};

const calledIn = async (person: Person): Promise<readonly string[]> => {
  const turns = (await person.facts.turns()).filter(({ turnId }) => !person.seenTurns.has(turnId));
  for (const { turnId } of turns) person.seenTurns.add(turnId);
  return turns.flatMap(({ tools }) => tools);
};

const ruleProblems = async (stage: Stage, person: Person, { answers, turn }: { answers: readonly string[]; turn: Turn }): Promise<readonly Problem[]> => {
  if (turn.who === 'manager') return []; // a person's own words
  const numbers = answers.some((text) => text.includes('№')) ? new Set((await person.facts.bookings()).map(({ number }) => number)) : new Set<number>();
  return answers.flatMap((text, index) => {
    const isFirst = (person.isNew || turn.press !== undefined) && index === 0;
    return brokenRules({ text, isFirst }, { amounts: stage.amounts, numbers }).map((problem) => ({ text: `an answer ${problem}`, advisory: false }));
  });
};

const playTurn = async (stage: Stage, turn: Turn, person: Person): Promise<void> => {
  await act(stage, turn, person);
  const answers = await hear(stage, person);
  const tools = await calledIn(person);
  const found = [...judgeTurn(turn.expect, { answer: answers.join('\n'), tools }), ...(await ruleProblems(stage, person, { answers, turn }))];
  const who = { customer: 'клиент', other: 'второй клиент', manager: 'менеджер' }[turn.who];
  stage.log.push(`${who}: ${shownAct(turn)}`, ...answers.map((text) => `    бот: ${text.replaceAll('\n', '\n         ')}`));
  if (tools.length > 0) stage.log.push(`    (${tools.join(', ')})`);
  for (const { text, advisory } of found) stage.log.push(`  ${advisory ? '?' : '✗'} ${text}`);
  stage.problems.push(...found);
  stage.counts.answers += answers.length;
  if (answers.length > 0) person.isNew = turn.press === '/reset';
};

const judgeEnd = async ({ world, problems, log }: Stage, { facts }: Person, ending: Ending): Promise<void> => {
  const { absent = [] } = ending;
  const leaks = await Promise.all(absent.map(async (text) => ({ text, tables: await findInDump(world.db, text) })));
  const [bookings, notices, events, isHandedOver, turns] = [
    await facts.bookings(),
    await facts.notices(),
    await facts.events(),
    await facts.isHandedOver(),
    await facts.turns(),
  ];
  const found = [...judgeEnding(ending, { bookings, notices, events, isHandedOver, leaks }), ...judgeNotices(turns, notices)];
  log.push(...found.map(({ text }) => `  ✗ ${text}`));
  problems.push(...found);
};

const allowedAmounts = ({ workshop }: World, sums: readonly number[]): ReadonlySet<number> =>
  new Set([...sums, ...workshop.prices.flatMap(({ prices }) => Object.values(prices)).filter((price) => price !== null)]);

/** Plays conversations against a world; each has customers of its own, so many may run at a time. */
export const createPlayer = (world: World) => {
  const telegram = createTelegramSide(world);
  const quiet = createQuiet(world);
  let nextGuest = world.firstGuest ?? FIRST_GUEST;

  const playOn = async (conversation: Conversation, today: string): Promise<Outcome> => {
    const { id, title, given, turns, then, thenOther, sums } = expandAll(conversation, today);
    const stage: Stage = { world, telegram, quiet, amounts: allowedAmounts(world, sums), log: [], problems: [], counts: { answers: 0 } };
    const people = { customer: newPerson(world, nextGuest++), other: newPerson(world, nextGuest++) };
    try {
      await prepareGiven(world, { given, chatId: people.customer.chatId });
      for (const turn of turns) await playTurn(stage, turn, turn.who === 'other' ? people.other : people.customer);
      await judgeEnd(stage, people.customer, then);
      if (thenOther) await judgeEnd(stage, people.other, thenOther);
    } catch (error) {
      stage.log.push(`  ✗ broke off: ${messageOf(error)}`);
      stage.problems.push({ text: `broke off: ${messageOf(error)}`, advisory: false });
    }
    return { id, title, problems: stage.problems, transcript: stage.log.join('\n'), answers: stage.counts.answers };
  };

  return async (conversation: Conversation): Promise<Outcome> => {
    const { timezone } = world.workshop;
    const today = localDate(new Date(), timezone);
    const outcome = await playOn(conversation, today);
    const later = localDate(new Date(), timezone);
    // «в субботу» means another day after midnight: what began yesterday says nothing
    return later === today || outcome.problems.length === 0 ? outcome : playOn(conversation, later);
  };
};

/** Plays them with `parallel` at a time; outcomes come in the order they were given. */
export const playAll = async (
  play: (conversation: Conversation) => Promise<Outcome>,
  conversations: readonly Conversation[],
  { parallel, onDone = () => undefined }: { parallel: number; onDone?: (outcome: Outcome) => void },
): Promise<readonly Outcome[]> => {
  const outcomes = new Map<string, Outcome>();
  const queue = [...conversations];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const outcome = await play(next);
      outcomes.set(next.id, outcome);
      onDone(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return conversations.flatMap(({ id }) => outcomes.get(id) ?? []);
};
