import type { BookingFact, NoticeFact, ToolFact } from './facts.ts';
import { contains, forbiddenIn, missingIn } from './match.ts';
import type { Ending, Expectation, ExpectedBooking } from './schema.ts';

/** `advisory`: holds for the scripted model's own words; with another model it is told, not judged. */
export type Problem = Readonly<{ text: string; advisory: boolean }>;

const hard = (text: string): Problem => ({ text, advisory: false });
const advisory = (text: string): Problem => ({ text, advisory: true });

/** What a turn should have brought, against what it brought. */
export const judgeTurn = (expect: Expectation, { answer, tools }: Readonly<{ answer: string; tools: readonly string[] }>): readonly Problem[] => {
  const silence = expect.silent === true && answer !== '' ? [hard(`speaks where it must be silent: ${answer}`)] : [];
  const noAnswer = expect.silent !== true && answer === '' ? [hard('no answer')] : [];
  return [
    ...silence,
    ...noAnswer,
    ...missingIn(answer, expect.says).map(advisory),
    ...forbiddenIn(answer, expect.never).map(hard),
    ...(expect.tools ?? []).filter((tool) => !tools.includes(tool)).map((tool) => advisory(`did not call ${tool} (called: ${tools.join(', ') || 'nothing'})`)),
    ...(expect.neverTools ?? []).filter((tool) => tools.includes(tool)).map((tool) => hard(`called ${tool}`)),
  ];
};

const digits = (text: string): string => text.replaceAll(/\D/g, '').slice(-10);

type Check = readonly [name: string, wanted: unknown, holds: boolean, found: unknown];

const judgeBooking = (expected: ExpectedBooking, fact: BookingFact): readonly Problem[] => {
  const { status, car, services, wished, name, phone, price } = expected;
  const hasServices = (services ?? []).every((service) => fact.services.some((own) => contains(own, service))) && fact.services.length === services?.length;
  const checks: readonly Check[] = [
    ['status', status, status === fact.status, fact.status],
    ['car', car, car !== undefined && contains(fact.car, car), fact.car],
    ['services', services, hasServices, fact.services],
    ['time', wished, wished === fact.wished, fact.wished],
    ['name', name, name !== undefined && contains(fact.name ?? '', name), fact.name],
    ['phone', phone, phone !== undefined && digits(phone) === digits(fact.phone ?? ''), fact.phone],
    ['price', price, price === fact.price, fact.price],
  ];
  return checks
    .filter(([, wanted, holds]) => wanted !== undefined && !holds)
    .map(([field, wanted, , found]) => hard(`booking №${fact.number}: ${field} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`));
};

const judgeBookings = (expected: readonly ExpectedBooking[] | undefined, facts: readonly BookingFact[]): readonly Problem[] => {
  if (!expected) return [];
  if (expected.length !== facts.length) return [hard(`${facts.length} bookings in the database, expected ${expected.length}: ${JSON.stringify(facts)}`)];
  return facts.flatMap((fact, index) => {
    const own = expected[index];
    return own ? judgeBooking(own, fact) : [];
  });
};

type Effect = Readonly<{ ok?: boolean; did?: string; repeated?: boolean; changed?: readonly string[]; number?: number }>;

/** It was not so before. */
const changedTheWorld = ({ ok, repeated, changed }: Effect): boolean => ok === true && repeated !== true && changed?.length !== 0;

const TITLE = /^Заявка №(\d+)/u;
const tally = (numbers: readonly (number | undefined)[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const number of numbers) if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
};

/** The managers read of every booking, change and cancellation once: neither never nor twice. */
export const judgeNotices = (turns: readonly ToolFact[], notices: readonly NoticeFact[]): readonly Problem[] => {
  const effects = turns.flatMap((turn) => turn.effects as readonly Effect[]).filter(changedTheWorld);
  const own = notices.filter(({ kind, photos }) => kind === 'notice' && photos === 0);
  const titles = own.map(({ text }) => TITLE.exec(text)?.[1]).flatMap((number) => (number === undefined ? [] : Number(number)));
  const [wanted, told] = [tally(effects.map(({ number }) => number)), tally(titles)];
  const numbers = [...new Set([...wanted.keys(), ...told.keys()])];
  const handedOver = effects.filter(({ did }) => did === 'handed_over').length;
  const calls = own.filter(({ text }) => text.startsWith('Клиенту нужен менеджер')).length;
  return [
    ...notices.filter(({ state }) => state !== 'sent').map(({ text, state }) => hard(`a notice is ${state}: ${text}`)),
    ...numbers
      .filter((number) => wanted.get(number) !== told.get(number))
      .map((number) => hard(`booking №${number}: ${wanted.get(number) ?? 0} effects, ${told.get(number) ?? 0} notices`)),
    ...(handedOver === calls ? [] : [hard(`${handedOver} hand-overs, ${calls} notices of one`)]),
  ];
};

type EndFacts = Readonly<{
  bookings: readonly BookingFact[];
  notices: readonly NoticeFact[];
  events: ReadonlyMap<string, number>;
  isHandedOver: boolean;
  /** Tables that hold a text of `absent`. */
  leaks: readonly Readonly<{ text: string; tables: readonly string[] }>[];
}>;

const judgeTold = (expected: Ending['notices'], notices: readonly NoticeFact[]): readonly string[] => {
  if (!expected) return [];
  const { count = notices.length, photos } = expected;
  const told = notices.map(({ text }) => text).join('\n---\n');
  const pictures = notices.reduce((sum, notice) => sum + notice.photos, 0);
  return [
    ...(count === notices.length ? [] : [`${notices.length} notices, expected ${count}:\n${told}`]),
    ...(photos === undefined || photos === pictures ? [] : [`the managers saw ${pictures} photos, expected ${photos}`]),
    ...[...missingIn(told, expected.contain), ...forbiddenIn(told, expected.never)].map((text) => `the notices: ${text}`),
  ];
};

const judgeEvents = (expected: Ending['events'] = {}, events: ReadonlyMap<string, number>): readonly string[] =>
  Object.entries(expected)
    .filter(([name, least]) => (events.get(name) ?? 0) < least)
    .map(([name, least]) => `event ${name}: ${events.get(name) ?? 0} stored, expected ${least} or more`);

/** The state of the world when a conversation is over, against what it should be. */
export const judgeEnding = (ending: Ending, { bookings, notices, events, isHandedOver, leaks }: EndFacts): readonly Problem[] => {
  const { handover } = ending;
  const isOther = handover !== undefined && (handover === 'open') !== isHandedOver;
  const found = [
    ...judgeTold(ending.notices, notices),
    ...judgeEvents(ending.events, events),
    ...(isOther ? [`hand-over is ${isHandedOver ? 'open' : 'not open'}`] : []),
    ...leaks.filter(({ tables }) => tables.length > 0).map(({ text, tables }) => `«${text}» is still in ${tables.join(', ')}`),
  ];
  return [...judgeBookings(ending.bookings, bookings), ...found.map(hard)];
};
