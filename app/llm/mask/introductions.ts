import { isCommonWord, isFunctionWord } from './common-words.ts';
import { FIRST_NAMES, fold, HOMOGRAPHS } from './first-names.ts';

/** A name in a text, where something says that it is one. */
export type Introduced = Readonly<{ start: number; end: number; written: string }>;

const NAME = String.raw`\p{L}[\p{L}\p{M}’'-]{1,30}`;
const OWN = String.raw`меня\s+зовут|меня\s+звать|зовите\s+меня|мо[её]\s+имя|обращайтесь\s+ко\s+мне|my\s+name\s+is|моя\s+фамилия|фамилия\s+моя|(?:на|по)\s+фамили[юи]|фамилия\s*[:—–-]`;
const ANY = String.raw`зовут|зовите|на\s+имя|с\s+уважением|имя\s*[:—–-]`;
const INTRODUCES = new RegExp(String.raw`(?<![\p{L}\d])(?:(${OWN})|${ANY})(?:\s+просто)?\s*[:,—–-]?\s*(${NAME})(?:\s+(${NAME}))?`, 'dgiu');
const CALLS_HIMSELF = new RegExp(String.raw`(?<![\p{L}\d])(?:это|я)\s*[,—–-]?\s*(${NAME})(?![\p{L}\d])`, 'dgiu');
const PRESENTS = new RegExp(String.raw`(?<![\p{L}\d])(это|я)[ \u00a0]*(?:[,—–-][ \u00a0]*)?(${NAME})(?:[ \u00a0]+(${NAME}))?`, 'dgiu');
const NAME_WORD = new RegExp(String.raw`${NAME}|\p{L}`, 'gu');

const ASKS_FOR_NAME =
  /как\s+(?:я\s+могу\s+|мне\s+)?(?:к\s+)?(?:вам|вас)[^.!?]{0,30}(?:обращаться|зовут|звать|называть)|(?:ваше|сво[её]|напишите|назовите|укажите)\s+(?:\p{L}+\s+)?имя|имя[^.!]{0,40}\?|(?:ваш[ау]|сво[юя]|напишите|назовите|укажите)\s+фамили[юя]|фамили[юя][^.!]{0,40}\?/iu;
const ASKS_FOR_CAR = /машин|автомобил|(?<!\p{L})авто(?!\p{L})|марк[аиу]|модел/iu;

const isFirstName = (word: string): boolean => FIRST_NAMES.has(fold(word));
const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);
/** Not a word of a text in capitals. */
const isWrittenAsName = (word: string): boolean => /^\p{Lu}\p{Ll}/u.test(word);
/** «меня зовут Кот» is a name, «меня зовут бабушка» hardly. */
const isNoName = (word: string): boolean => isFunctionWord(word) || (isCommonWord(word) && !isCapital(word));
const SURNAME = /(?:[оеё]в|[иы]н|[оеё]ва|[иы]на|[сц]к(?:ий|ой|ая)|ко|ук|юк|чик|ян|янц|дзе|швили|ых|их|[иы]ч)$/iu;
const PATRONYMIC = /(?:[оеё]вич|ьич|мич|нич|[оеё]вна|ична|инична|оглы|кызы|улы)$/iu;
/** «подумаю», «записаться»: an answer to the question for a name that is none. */
const VERB = /(?:[аеиоуыяю]ю|[еиё]шь|[еиё]те|[уюая]т|[аиеяы]л[аои]?|ться|ть|сь|ся|[ую])$/iu;

type Found = Readonly<{ written: string; start: number }>;
const group = (match: RegExpExecArray, at: number): Found | undefined => {
  const [written, start] = [match[at], match.indices?.[at]?.[0]];
  return written === undefined || start === undefined ? undefined : { written, start };
};
const introduce = ({ written, start }: Found): Introduced => ({ start, end: start + written.length, written });

const said = (text: string): Introduced[] =>
  [...text.matchAll(INTRODUCES)].flatMap((match) => {
    const [own, first, second] = [group(match, 1), group(match, 2), group(match, 3)];
    if (!first || isNoName(first.written)) return [];
    if (!own && !isCapital(first.written) && !isFirstName(first.written)) return [];
    const isSurname = second && !isNoName(second.written) && (isCapital(second.written) || isFirstName(second.written));
    return [introduce(first), ...(isSurname ? [introduce(second)] : [])];
  });

const himself = (text: string): Introduced[] =>
  [...text.matchAll(CALLS_HIMSELF)].flatMap((match) => {
    const name = group(match, 1);
    return name && isFirstName(name.written) && (isCapital(name.written) || !HOMOGRAPHS.has(fold(name.written))) ? [introduce(name)] : [];
  });

type Scene = Readonly<{
  /** What the bot has said last. */
  asked: Readonly<{ name: boolean; car: boolean }>;
  /** Words that are no names here. */
  isOurs: (word: string) => boolean;
  /** First names of the customer, from wherever they are known; small letters. */
  known: ReadonlySet<string>;
}>;

/** «я Айгерим», «это Рафаэль Нуриев»: a capital in the middle of a sentence. «Это Хавал» answers another question. */
const presented = (text: string, { asked, isOurs }: Scene): Introduced[] => {
  const isName = (found: Found | undefined): found is Found =>
    found !== undefined && isWrittenAsName(found.written) && !isCommonWord(found.written) && !isOurs(found.written) && !/[ую]$/iu.test(found.written);
  return [...text.matchAll(PRESENTS)].flatMap((match) => {
    const [word, first, second] = [match[1], group(match, 2), group(match, 3)];
    if (!isName(first) || (asked.car && !asked.name && word?.toLowerCase() === 'это')) return [];
    return isName(second) ? [introduce(first), introduce(second)] : [introduce(first)];
  });
};

const MAX_ANSWER_WORDS = 4;
const PHOTO = /^\s*\[фото[^\]]*\]/iu;
/** Before the name in an answer: «ну это Рафаэль», «пусть будет Саныч». */
const LEADS_IN =
  /^(?:[\s,—–-]*(?<!\p{L})(?:ну|а|да|так|это|я|меня|мое|моё|имя|фамилия|зовут|зовите|просто|можно|пусть\s+будет|будет|здравствуйте|привет|добрый\s+(?:день|вечер)|запишите|пишите|на)(?!\p{L}))+[\s,:—–-]*/iu;

const wordsOf = (text: string): Found[] => [...text.matchAll(NAME_WORD)].map(({ 0: written, index }) => ({ written, start: index }));

/** One word that can be a name, or several that are written like one: «очень приятно» is none. */
const isNameAlone = (words: readonly Found[], isOurs: (word: string) => boolean): boolean => {
  if (words.length === 0 || words.length > MAX_ANSWER_WORDS) return false;
  if (words.some(({ written }) => written.length < 2 || isNoName(written) || isOurs(written))) return false;
  const isPerson = words.some(({ written }) => isFirstName(written));
  if (words.some(({ written }) => isCommonWord(written))) return isPerson && words.length > 1; // «Анна Белая», but not «Машина»
  return isPerson || words.every(({ written }) => isCapital(written)) || (words.length === 1 && words.every(({ written }) => !VERB.test(written)));
};

const blank = (mark: string): string => ' '.repeat(mark.length);

/** The words of an answer to «как вас зовут?»: its first clause, when that is nothing but a name. */
const answered = (text: string, isOurs: (word: string) => boolean): Introduced[] => {
  const clause = /^[^,;\n.!?\d+<([]*/.exec(text.replace(PHOTO, blank).replace(LEADS_IN, blank))?.[0] ?? '';
  const words = wordsOf(clause);
  return isNameAlone(words, isOurs) ? words.map(introduce) : [];
};

/** Surname and patronymic beside a first name: «Петров Иван Сергеевич». */
const beside = (text: string, words: readonly Found[], { at, scene }: Readonly<{ at: number; scene: Scene }>): Found[] => {
  const isJoined = (left: Found, right: Found): boolean => /^[ \u00a0]+$/.test(text.slice(left.start + left.written.length, right.start));
  const belongs = ({ written }: Found): boolean =>
    isWrittenAsName(written) && !isCommonWord(written) && !scene.isOurs(written) && (SURNAME.test(written) || PATRONYMIC.test(written));
  const follow = (step: 1 | -1): Found[] => {
    const found: Found[] = [];
    for (let next = at + step; found.length < 2; next += step) {
      const [here, there] = [words[next - step], words[next]];
      if (!here || !there || !belongs(there) || !(step === 1 ? isJoined(here, there) : isJoined(there, here))) break;
      found.push(there);
    }
    return found;
  };
  return [...follow(-1), ...follow(1)];
};

/** First names that nobody introduced: written with a capital, or nothing but a name. */
const standing = (text: string, scene: Scene): Introduced[] => {
  const words = wordsOf(text);
  const alone = words.length > 0 && words.length <= 2 && words.every(({ written }) => isFirstName(written));
  const stands = ({ written }: Found): boolean => isCapital(written) && written.length > 2 && !HOMOGRAPHS.has(fold(written));
  return words.flatMap((word, at) => {
    const isOf = isCapital(word.written) && !scene.isOurs(word.written);
    const isFirst = isFirstName(word.written);
    const named = isOf && (isFirst || scene.known.has(fold(word.written))) ? beside(text, words, { at, scene }) : [];
    if (!isFirst) return named.map(introduce);
    const isStanding = alone || stands(word) || named.length > 0;
    return isStanding ? [word, ...named].map(introduce) : [];
  });
};

/** Names that somebody says are his, whoever writes the text. */
export const surelyIntroduced = (text: string): readonly Introduced[] => [...said(text), ...himself(text)];

export const asksForName = (text: string): boolean => ASKS_FOR_NAME.test(text);

export const asksForCar = (text: string): boolean => ASKS_FOR_CAR.test(text);

/** Names that a customer's text gives. */
export const findIntroduced = (text: string, scene: Scene): readonly Introduced[] => [
  ...surelyIntroduced(text),
  ...presented(text, scene),
  ...(scene.asked.name ? answered(text, scene.isOurs) : []),
  ...standing(text, scene),
];
