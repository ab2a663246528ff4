import { FIRST_NAMES } from '../lexicon/first-names.ts';
import { capitalise, normalise, words } from '../lexicon/words.ts';
import { withoutPhones } from './phone.ts';

const PLACEHOLDER = /<name:\d+>/;
const INTRODUCED = words(
  '(?:меня зовут|мое имя|имя|зовите меня|зовите|обращайтесь)(?: просто| не [а-я-]+,? а)?[ :,-]+([a-zа-я-]{2,20})(?: ([a-zа-я-]{2,20}))?',
);
const IS_ME = words('(?:это|я)[ ,-]+([а-я-]{2,20})');
const NO_NAME = words(
  'да|нет|не|зачем|почему|хорошо|ок|окей|давайте|спасибо|ладно|конечно|какой|какая|сколько|можно|хочу|завтра|сегодня|здравствуйте|привет|добрый|день|запишите|номер|телефон|менеджер|вы|мне|у|на|тогда|вариант|первый|второй|третий|это|что|как|кто|где|просто|имя|зовут|скажу|дам|знаю|потом|нету|неважно|секрет|машина|время|понятно|ясно|принято',
);
const LEAD = /^[^\p{L}]*(?:(?:меня зовут|мое имя|зовите меня|зовите|просто|имя|это|я|а|ну|пусть будет|можно)(?!\p{L})[ :,-]*)*/u;

const titled = (name: string): string => name.split('-').map(capitalise).join('-');
type Word = Readonly<{ plain: string; written: string }>;

/** Words compared in normalised spelling and kept as they were written, so that «Пётр» stays Пётр. */
const wordsOf = (text: string): Word[] =>
  [...normalise(text).matchAll(/[\p{L}-]+/gu)].map(({ 0: plain, index }) => ({ plain, written: text.slice(index, index + plain.length) }));

const written = (text: string, plainName: string, from: number): string => {
  const at = normalise(text).indexOf(plainName, from);
  return titled(text.slice(at, at + plainName.length).toLowerCase());
};

const introduced = (text: string): string | undefined => {
  const match = INTRODUCED.exec(normalise(text));
  const [whole = '', first, second] = match ?? [];
  if (!match || !first || NO_NAME.test(first)) return undefined;
  const from = match.index + whole.indexOf(first);
  const parts = second && FIRST_NAMES.has(first) && FIRST_NAMES.has(second) ? [first, second] : [first];
  return parts.map((part) => written(text, part, from)).join(' ');
};

/** A name said in so many words («меня зовут Иван»), or a common first name standing alone in the message. */
export const findName = (text: string): string | undefined => {
  const placeholder = PLACEHOLDER.exec(text)?.[0];
  if (placeholder) return placeholder;
  const said = introduced(text);
  if (said) return said;
  const me = IS_ME.exec(normalise(text));
  if (me?.[1] && FIRST_NAMES.has(me[1])) return written(text, me[1], me.index);
  const alone = wordsOf(text).find(({ plain }) => FIRST_NAMES.has(plain));
  return alone && titled(alone.written.toLowerCase());
};

const MAX_NAME_WORDS = 4;
const isPlausible = (name: readonly Word[]): boolean =>
  name.length > 0 && name.length <= MAX_NAME_WORDS && name.every(({ plain }) => !NO_NAME.test(plain) && plain.length <= 20);

/** The answer to «как к вам обращаться?»: one to four words of letters that ask or refuse nothing. */
export const nameFromAnswer = (text: string): string | undefined => {
  const placeholder = PLACEHOLDER.exec(text)?.[0];
  if (placeholder) return placeholder;
  if (text.includes('?')) return undefined;
  const own = withoutPhones(text);
  const lead = LEAD.exec(normalise(own))?.[0].length ?? 0;
  const name = wordsOf(own.slice(lead)).filter(({ plain }) => plain.length >= 2);
  return isPlausible(name) ? name.map((word) => titled(word.written.toLowerCase())).join(' ') : findName(text);
};
