import { isGlued, markAt, type Token, wordAt } from './tokens.ts';

/** What a unit behind a number makes of it; `to` is the token after the unit. */
type Unit = Readonly<{ to: number }>;
export type Scale = Unit & Readonly<{ factor: number }>;
export type Currency = Unit & Readonly<{ foreign: boolean }>;

const ROUBLE = /^(?:р|руб|рубл\p{L}*|рубчик\p{L}*|деревянн\p{L}*|rub|rur|roubles?|rubles?)$/u;
const FOREIGN = /^(?:доллар\p{L}*|бакс\p{L}*|евро|юан\p{L}*|тенге|usd|eur|уе)$/u;
const THOUSAND = /^(?:тыс|тысяч\p{L}{0,3}|тыщ\p{L}{0,3}|косар\p{L}*|тр)$/u;
const MILLION = /^(?:млн|миллион\p{L}*|лям\p{L}{0,2})$/u;
// no preposition stands before another one: «18 к за бампер» are thousands, «в 18 к мастеру» are not
const AFTER_LONE_K = /^(?:за|и|или|по|с|до|на|в|р|руб\p{L}*)$/u;

const ABBREVIATION = /^(?:р|руб|тыс|тр|т|млн|rub)$/;

/** Abbreviations own the dot behind them. */
const withDot = (tokens: readonly Token[], at: number): number =>
  markAt(tokens, at) === '.' && isGlued(tokens, at - 1) && ABBREVIATION.test(wordAt(tokens, at - 1)) ? at + 1 : at;

const isFollowedByDigits = (tokens: readonly Token[], at: number): boolean => isGlued(tokens, at) && tokens[at + 1]?.kind === 'number';

export const currencyAt = (tokens: readonly Token[], at: number): Currency | undefined => {
  if (markAt(tokens, at) === '₽') return { to: at + 1, foreign: false };
  if (['$', '€', '¥'].includes(markAt(tokens, at))) return { to: at + 1, foreign: true };
  const word = wordAt(tokens, at);
  if (FOREIGN.test(word)) return { to: at + 1, foreign: true };
  // «225/45 Р17» is a tyre
  return ROUBLE.test(word) && !isFollowedByDigits(tokens, at) ? { to: withDot(tokens, at + 1), foreign: false } : undefined;
};

const isLoneThousand = (tokens: readonly Token[], at: number): boolean => {
  if (isFollowedByDigits(tokens, at)) return false;
  if (isGlued(tokens, at - 1)) return true;
  const next = tokens[at + 1];
  return next?.kind !== 'word' || AFTER_LONE_K.test(next.text);
};

/** «18 т.р.», «18т»; not «18, т. е.» and not two tonnes. */
const shortThousand = (tokens: readonly Token[], at: number): Scale | undefined => {
  const to = withDot(tokens, at + 1);
  return currencyAt(tokens, to) !== undefined || (isGlued(tokens, at - 1) && to === at + 1) ? { to, factor: 1000 } : undefined;
};

export const scaleAt = (tokens: readonly Token[], at: number): Scale | undefined => {
  const word = wordAt(tokens, at);
  if (THOUSAND.test(word)) return { to: withDot(tokens, at + 1), factor: 1000 };
  if (MILLION.test(word)) return { to: withDot(tokens, at + 1), factor: 1_000_000 };
  if (word === 'т') return shortThousand(tokens, at);
  return (word === 'к' || word === 'k') && isLoneThousand(tokens, at) ? { to: at + 1, factor: 1000 } : undefined;
};
