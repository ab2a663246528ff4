import { FIRST_NAMES, fold, HOMOGRAPHS } from './first-names.ts';

/** A name in a text, where something says that it is one. */
export type Introduced = Readonly<{ start: number; end: number; written: string }>;

const NAME = String.raw`\p{L}[\p{L}\p{M}’'-]{1,30}`;
const OWN = String.raw`меня\s+зовут|меня\s+звать|зовите\s+меня|мо[её]\s+имя|обращайтесь\s+ко\s+мне|my\s+name\s+is`;
const ANY = String.raw`зовут|зовите|на\s+имя|с\s+уважением|имя\s*[:—–-]`;
const INTRODUCES = new RegExp(String.raw`(?<![\p{L}\d])(?:(${OWN})|${ANY})(?:\s+просто)?\s*[:,—–-]?\s*(${NAME})(?:\s+(${NAME}))?`, 'dgiu');
const CALLS_HIMSELF = new RegExp(String.raw`(?<![\p{L}\d])(?:это|я)\s*[,—–-]?\s*(${NAME})(?![\p{L}\d])`, 'dgiu');
const NAME_WORD = new RegExp(String.raw`${NAME}|\p{L}`, 'gu');

const ASKS_FOR_NAME =
  /как\s+(?:я\s+могу\s+|мне\s+)?(?:к\s+)?(?:вам|вас)[^.!?]{0,30}(?:обращаться|зовут|звать|называть)|(?:ваше|сво[её]|напишите|назовите|укажите)\s+(?:\p{L}+\s+)?имя|имя[^.!]{0,40}\?/iu;

const NO_NAME = new Set(
  'да нет не ну а и но же вы ты я он она мы его ее их мне меня вам вас тебе это что как кто где когда куда сколько какой какая какое какие зачем почему хорошо плохо ок окей давайте давай спасибо пожалуйста ладно конечно можно нужно хочу хотел хотела надо завтра сегодня послезавтра утром днем вечером здравствуйте здравствуй привет добрый день вечер утро запишите записать номер телефон менеджер мастер машина авто на в во у к по с со за от до для из без или если тогда потом позже просто имя зовут скажу дам знаю нету неважно секрет время дайте мой моя мое мои ваш ваша так там тут вот все только уже еще лучше верно правильно точно'
    .split(' ')
    .map(fold),
);

const isNoName = (word: string): boolean => NO_NAME.has(fold(word));
const isFirstName = (word: string): boolean => FIRST_NAMES.has(fold(word));
const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);

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

const MAX_ANSWER_WORDS = 4;
const PHOTO = /^\s*\[фото[^\]]*\]/iu;

const wordsOf = (text: string): Found[] => [...text.matchAll(NAME_WORD)].map(({ 0: written, index }) => ({ written, start: index }));

/** One word that can be a name, or several that are written like one: «очень приятно» is none. */
const isNameAlone = (words: readonly Found[], isOurs: (word: string) => boolean): boolean => {
  if (words.length === 0 || words.length > MAX_ANSWER_WORDS) return false;
  if (words.some(({ written }) => written.length < 2 || isNoName(written) || isOurs(written))) return false;
  return words.length === 1 || words.some(({ written }) => isFirstName(written)) || words.every(({ written }) => isCapital(written));
};

/** The words of an answer to «как вас зовут?»: its first clause, when that is nothing but a name. */
const answered = (text: string, isOurs: (word: string) => boolean): Introduced[] => {
  const clause = /^[^,;\n.!?\d+<([]*/.exec(text.replace(PHOTO, (mark) => ' '.repeat(mark.length)))?.[0] ?? '';
  const words = wordsOf(clause);
  return isNameAlone(words, isOurs) ? words.map(introduce) : [];
};

/** First names that nobody introduced: written with a capital, or nothing but a name. */
const standing = (text: string): Introduced[] => {
  const words = wordsOf(text);
  const alone = words.length > 0 && words.length <= 2 && words.every(({ written }) => isFirstName(written));
  const stands = ({ written }: Found): boolean => isCapital(written) && written.length > 2 && !HOMOGRAPHS.has(fold(written));
  return words.filter((word) => isFirstName(word.written) && (alone || stands(word))).map(introduce);
};

/** Names that somebody says are his, whoever writes the text. */
export const surelyIntroduced = (text: string): readonly Introduced[] => [...said(text), ...himself(text)];

export const asksForName = (text: string): boolean => ASKS_FOR_NAME.test(text);

type Scene = Readonly<{
  /** The text answers the question for a name. */
  asked: boolean;
  /** Words that are no names here. */
  isOurs: (word: string) => boolean;
}>;

/** Names that a customer's text gives. */
export const findIntroduced = (text: string, { asked, isOurs }: Scene): readonly Introduced[] => [
  ...surelyIntroduced(text),
  ...(asked ? answered(text, isOurs) : []),
  ...standing(text),
];
