import { FIRST_NAMES, fold } from './mask/first-names.ts';
import { asksForName, findIntroduced, surelyIntroduced, type Introduced } from './mask/introductions.ts';
import { isName, toKnownName, type KnownName } from './mask/name-forms.ts';
import { findPhones } from './mask/phones.ts';
import { createPlaceholders, findLiterals, type Span } from './mask/placeholders.ts';
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
  Readonly<{ /** Placeholders of the answer that stand for nobody, as they were written. */ unknown: readonly string[] }>;

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

const introducedIn = (messages: readonly ChatMessage[], keepWords: MaskOptions['keepWords']): Introduced[] => {
  const isOurs = (word: string): boolean => keepWords.has(word.toLowerCase());
  let asked = false;
  return messages.flatMap((message) => {
    if (message.role === 'assistant') asked = asksForName(message.content);
    return message.role === 'user' ? findIntroduced(message.content, { asked, isOurs }) : [];
  });
};

type Names = ReadonlyMap<string, KnownName>;

/** Names of the whole dialogue by each of their forms; a word of the workshop is none, however it was learnt. */
const collectNames = (messages: readonly ChatMessage[], { names, keepWords }: MaskOptions): Names => {
  const given = [
    ...names,
    ...messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.flatMap((call) => namesInArguments(call.argumentsJson)) : [])),
  ];
  const written = [...given.flatMap((name) => name.match(WORD) ?? []), ...introducedIn(messages, keepWords).map((name) => name.written)];
  const known = new Map<string, KnownName>();
  for (const word of written.filter((candidate) => candidate.length > 1 && !keepWords.has(candidate.toLowerCase()))) {
    const name = toKnownName(word);
    if (!known.has(name.key)) known.set(name.key, name);
  }
  const forms = new Map(known);
  for (const name of known.values()) for (const form of name.forms) if (!forms.has(form)) forms.set(form, name);
  return forms;
};

type Word = Readonly<{ start: number; end: number; name: KnownName }>;

/** Names of a text; words that stand side by side are one person. */
const findNames = (text: string, known: Names): Span[] => {
  const words = [...text.matchAll(WORD)].flatMap(({ 0: word, index }): Word[] => {
    const name = known.get(fold(word));
    return name && isName(word, name) ? [{ start: index, end: index + word.length, name }] : [];
  });
  const people: Word[][] = [];
  for (const word of words) {
    const before = people.at(-1)?.at(-1);
    if (before && /^[ \u00a0]+$/.test(text.slice(before.end, word.start))) people.at(-1)?.push(word);
    else people.push([word]);
  }
  return people.map((person) => ({
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
  const userNames = options.names.filter((name) => USER_NAME.test(name));

  const mask = (text: string): string => {
    const phones = findPhones(text).filter(({ key }) => !options.keepPhones.has(key));
    const introduced = surelyIntroduced(text).map(({ start, end, written }): Span => ({ kind: 'name', start, end, key: fold(written), value: written }));
    return placeholders.put(text, [...findLiterals(text), ...phones, ...findMentions(text, userNames), ...findNames(text, known), ...introduced]);
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
    const unknown: string[] = [];
    const resolveArgument = (text: string): string => {
      const resolved = placeholders.resolve(text);
      unknown.push(...resolved.unknown);
      return resolved.text;
    };
    const toolCalls = answer.toolCalls.map((call) => ({ ...call, argumentsJson: inJson(call.argumentsJson, resolveArgument) }));
    const { text, unknown: inText, debris } = placeholders.resolve(answer.text);
    return { ...answer, text, toolCalls, unknown: [...unknown, ...inText, ...debris] };
  };

  return { messages: messages.map(maskMessage), unmask };
};
