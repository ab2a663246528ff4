import { isCommonWord } from './mask/common-words.ts';
import { FIRST_NAMES, fold } from './mask/first-names.ts';
import { asksForCar, asksForName, findIntroduced, surelyIntroduced, type Introduced } from './mask/introductions.ts';
import { isName, toKnownName, type KnownName } from './mask/name-forms.ts';
import { findPhones } from './mask/phones.ts';
import { createPlaceholders, findBentLiterals, findLiterals, type Span } from './mask/placeholders.ts';
import type { ChatMessage, ModelAnswer } from './port.ts';
import { splitSystem } from './prompt.ts';

export type MaskOptions = Readonly<{
  /** What is known of the customer beside his words: profile name, user name, name of an earlier booking. */
  names: readonly string[];
  /** Words that are no names here though they could be: cars, services, the bot itself. Small letters. */
  keepWords: ReadonlySet<string>;
  /** Phones of the workshop, as `phoneKeys` gives them; the model may say them. */
  keepPhones: ReadonlySet<string>;
}>;

export type UnmaskedAnswer = ModelAnswer &
  Readonly<{
    /** Placeholders of the text that stand for nobody, as they were written. */
    unknown: readonly string[];
    /** The first of them in the arguments of each call. */
    unknownArguments: readonly (string | null)[];
  }>;

export type MaskedMessages = Readonly<{ messages: readonly ChatMessage[]; unmask: (answer: ModelAnswer) => UnmaskedAnswer }>;

const WORD = /[\p{L}\p{M}][\p{L}\p{M}’'-]*/gu;
const MENTION = /(?<![\w.@])@[a-z]\w{4,31}/gi;
const USER_NAME = /^@?[a-z]\w{4,31}$/i;

/** The phones of a text, each spelling of one the same. */
export const phoneKeys = (text: string): readonly string[] => findPhones(text).map(({ key }) => key);

/** The words of a text in small letters, as `keepWords` takes them. */
export const wordsIn = (text: string): readonly string[] => (text.match(WORD) ?? []).map((word) => word.toLowerCase());

/** Common first names that a text speaks of. */
export const firstNamesIn = (text: string): readonly string[] => wordsIn(text).filter((word) => FIRST_NAMES.has(fold(word)));

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const mapJson = (value: unknown, map: (text: string) => string): unknown => {
  if (typeof value === 'string') return map(value);
  if (typeof value === 'number') return map(String(value)) === String(value) ? value : map(String(value));
  if (Array.isArray(value)) return value.map((item) => mapJson(item, map));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapJson(item, map)]));
  return value;
};

/** `map` over the strings of a JSON text; over the text itself when it is none. */
const inJson = (text: string, map: (text: string) => string): string => {
  const value = parseJson(text);
  return value === undefined ? map(text) : JSON.stringify(mapJson(value, map));
};

const namesInArguments = (argumentsJson: string): string[] => {
  const name = (parseJson(argumentsJson) as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? [name] : [];
};

type Given = Readonly<{ /** Folded words of names that were given as such. */ known: ReadonlySet<string>; keepWords: MaskOptions['keepWords'] }>;

const MAX_ENDING = 3;

/** A word of the workshop in any of its cases: «на Весту». */
const isOfWorkshop = (word: string, keepWords: MaskOptions['keepWords']): boolean => {
  const small = word.toLowerCase();
  if (keepWords.has(small)) return true;
  if (small.length < 5 || FIRST_NAMES.has(fold(word))) return false;
  const stem = small.slice(0, -1);
  return [...keepWords].some((kept) => kept.length <= stem.length + MAX_ENDING && kept.startsWith(stem));
};

const introducedIn = (messages: readonly ChatMessage[], { known, keepWords }: Given): Introduced[] => {
  const isOurs = (word: string): boolean => isOfWorkshop(word, keepWords);
  let asked = { name: false, car: false };
  return messages.flatMap((message) => {
    if (message.role === 'assistant') asked = { name: asksForName(message.content), car: asksForCar(message.content) };
    return message.role === 'user' ? findIntroduced(message.content, { asked, isOurs, known }) : [];
  });
};

type Names = Readonly<{
  /** By each of their forms. */
  forms: ReadonlyMap<string, KnownName>;
  /** Words of a given name that are common words too («Анна Белая»): names only beside another one. Folded. */
  weak: ReadonlySet<string>;
}>;

/** Names of the whole dialogue; a word of the workshop is none, however it was learnt. */
const collectNames = (messages: readonly ChatMessage[], { names, keepWords }: MaskOptions): Names => {
  const isOurs = (word: string): boolean => word.length < 2 || keepWords.has(word.toLowerCase());
  const given = [
    ...names,
    ...messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.flatMap((call) => namesInArguments(call.argumentsJson)) : [])),
  ].flatMap((name) => (name.match(WORD) ?? []).filter((word) => !isOurs(word)));
  const strong = given.filter((word) => !isCommonWord(word));
  const introduced = introducedIn(messages, { known: new Set(strong.map(fold)), keepWords });
  const known = new Map<string, KnownName>();
  for (const word of [...strong, ...introduced.map(({ written }) => written)].filter((candidate) => !isOurs(candidate))) {
    const name = toKnownName(word);
    if (!known.has(name.key)) known.set(name.key, name);
  }
  const forms = new Map(known);
  for (const name of known.values()) for (const form of name.forms) if (!forms.has(form)) forms.set(form, name);
  return { forms, weak: new Set(given.filter(isCommonWord).map(fold)) };
};

type Word = Readonly<{ start: number; end: number; name: KnownName; isWeak: boolean }>;

/** Names of a text; words that stand side by side are one person. */
const findNames = (text: string, { forms, weak }: Names): Span[] => {
  const words = [...text.matchAll(WORD)].flatMap(({ 0: word, index }): Word[] => {
    const place = { start: index, end: index + word.length };
    const name = forms.get(fold(word));
    if (name && isName(word, name)) return [{ ...place, name, isWeak: false }];
    return weak.has(fold(word)) && /^\p{Lu}/u.test(word) ? [{ ...place, name: toKnownName(word), isWeak: true }] : [];
  });
  const people: Word[][] = [];
  for (const word of words) {
    const before = people.at(-1)?.at(-1);
    if (before && /^[ \u00a0]+$/.test(text.slice(before.end, word.start))) people.at(-1)?.push(word);
    else people.push([word]);
  }
  return people
    .filter((person) => person.some(({ isWeak }) => !isWeak))
    .map((person) => ({
      kind: 'name',
      start: person[0]?.start ?? 0,
      end: person.at(-1)?.end ?? 0,
      key: person.map(({ name }) => name.key).join(' '),
      value: person.map(({ name }) => name.written).join(' '),
    }));
};

const findMentions = (text: string, userNames: readonly string[]): Span[] => {
  const own = userNames.flatMap((name) => [...text.matchAll(new RegExp(String.raw`(?<![\w@.])${name.replace('@', '')}(?!\w)`, 'gi'))]);
  return [...text.matchAll(MENTION), ...own].map(({ 0: value, index }) => ({
    kind: 'name',
    start: index,
    end: index + value.length,
    key: value.toLowerCase(),
    value,
  }));
};

/**
 * The messages as a model outside may see them: phones and names of people are placeholders (`<phone:1>`, `<name:1>`), the same person
 * by the same number in all of them, and `unmask` puts back what an answer repeats. Pure: equal messages give equal placeholders.
 * What the workshop says of itself stays. A placeholder that a customer writes himself stands for his own words and nothing else.
 */
export const maskMessages = (messages: readonly ChatMessage[], options: MaskOptions): MaskedMessages => {
  const placeholders = createPlaceholders();
  const known = collectNames(messages, options);
  const userNames = options.names.filter((name) => USER_NAME.test(name) && !isCommonWord(name) && !options.keepWords.has(name.toLowerCase()));

  const mask = (text: string): string => {
    const phones = findPhones(text).filter(({ key }) => !options.keepPhones.has(key));
    const introduced = surelyIntroduced(text).map(({ start, end, written }): Span => ({ kind: 'name', start, end, key: fold(written), value: written }));
    return placeholders.put(text, [
      ...findLiterals(text),
      ...phones,
      ...findBentLiterals(text),
      ...findMentions(text, userNames),
      ...findNames(text, known),
      ...introduced,
    ]);
  };
  const maskMessage = (message: ChatMessage): ChatMessage => {
    if (message.role === 'tool') return { ...message, content: inJson(message.content, mask) };
    if (message.role === 'user') return { ...message, content: mask(message.content) };
    if (message.role === 'assistant') {
      const toolCalls = message.toolCalls.map((call) => ({ ...call, argumentsJson: inJson(call.argumentsJson, mask) }));
      return { ...message, content: mask(message.content), toolCalls };
    }
    const { rules, done, now } = splitSystem(message.content);
    return { ...message, content: rules + mask(done) + now };
  };

  const unmask = (answer: ModelAnswer): UnmaskedAnswer => {
    const calls = answer.toolCalls.map((call) => {
      const unknown: string[] = [];
      const resolveArgument = (text: string): string => {
        const resolved = placeholders.resolve(text);
        unknown.push(...resolved.unknown);
        return resolved.text;
      };
      return { call: { ...call, argumentsJson: inJson(call.argumentsJson, resolveArgument) }, unknown: unknown[0] ?? null };
    });
    const { text, unknown } = placeholders.resolve(answer.text);
    return { ...answer, text, toolCalls: calls.map(({ call }) => call), unknown, unknownArguments: calls.map((call) => call.unknown) };
  };

  return { messages: messages.map(maskMessage), unmask };
};
