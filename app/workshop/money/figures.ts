import { readNumeral, type Spoken } from './numerals.ts';
import { isGlued, type Token, wordAt } from './tokens.ts';
import { currencyAt, scaleAt } from './units.ts';

/** One number of a text with its unit, tokens `from` to `to` (exclusive). */
export type Figure = Readonly<{
  from: number;
  to: number;
  /** As said, before its scale: 18 of «18 тыс.». */
  said: number;
  /** In roubles if it is money; NaN = money that no price list is in (dollars, «несколько тысяч рублей»). */
  value: number;
  scale: number;
  money: boolean;
  /** Digits without grouping, as in a year; '' for all others. */
  plainDigits: string;
}>;

type Reading = Omit<Figure, 'from'>;

const THOUSAND_ALONE = /^(?:тысяч[ауи]|тысячей)$/;
const HALF_THOUSAND = /^пол(?:тысячи|тыщи)$/;
const MANY = /^(?:тысяч|тысячи|тысячам)$/;
const BEFORE_THOUSAND = /^(?:за|в|до|от|на|около|примерно|еще|плюс|стоит|по)$/;
const TURNED_LINK = /^(?:за|в|на|до|около|примерно)$/;

const quantityAt = (tokens: readonly Token[], at: number): (Spoken & { plainDigits: string }) | undefined => {
  const token = tokens[at];
  const read = token?.kind === 'number' ? { value: token.value, to: at + 1, colloquial: false } : readNumeral(tokens, at);
  if (read === undefined) return undefined;
  const half = wordAt(tokens, read.to) === 'с' && wordAt(tokens, read.to + 1) === 'половиной';
  const plainDigits = token?.kind === 'number' ? token.digits : '';
  return half ? { ...read, value: read.value + 0.5, to: read.to + 2, plainDigits: '' } : { ...read, plainDigits };
};

/** «18 тысяч 500 рублей»: hundreds belong to the thousands before them, «18 тысяч 2 крыла» do not. */
const remainderAt = (tokens: readonly Token[], at: number): { value: number; to: number } => {
  const token = tokens[at];
  const nothing = { value: 0, to: at };
  if (token?.kind === 'number') return token.plain && token.digits.length === 3 ? { value: token.value, to: at + 1 } : nothing;
  const spoken = readNumeral(tokens, at);
  if (spoken === undefined || spoken.colloquial || spoken.value >= 1000) return nothing;
  return spoken.value >= 100 || currencyAt(tokens, spoken.to) !== undefined ? spoken : nothing;
};

type Counted = Readonly<{ said: number; value: number; scale: number; to: number; plainDigits: string }>;

const finish = (tokens: readonly Token[], { value, to, ...rest }: Counted): Reading => {
  const currency = currencyAt(tokens, to);
  return { ...rest, value: currency?.foreign ? Number.NaN : Math.round(value * 100) / 100, money: currency !== undefined, to: currency?.to ?? to };
};

const ordinary = (tokens: readonly Token[], at: number): Reading | undefined => {
  const quantity = quantityAt(tokens, at);
  if (quantity === undefined) return undefined;
  const { value: said, to, colloquial, plainDigits } = quantity;
  const scale = scaleAt(tokens, to);
  // nobody counts a thousand thousands: «5000К» is a lamp's colour
  if (scale === undefined || said >= 1000) return finish(tokens, { said, value: said, scale: colloquial ? 1000 : 1, to, plainDigits });
  const remainder = scale.factor === 1000 ? remainderAt(tokens, scale.to) : { value: 0, to: scale.to };
  return finish(tokens, { said, value: said * scale.factor + remainder.value, scale: scale.factor, to: remainder.to, plainDigits: '' });
};

/** «тысяч восемнадцать», «тысяч за 18», «рублей пятьсот». */
const turned = (tokens: readonly Token[], at: number, factor: number): Reading | undefined => {
  const link = TURNED_LINK.test(wordAt(tokens, at + 1)) ? 1 : 0;
  const quantity = quantityAt(tokens, at + 1 + link);
  if (quantity === undefined || quantity.value >= 1000 || quantity.colloquial) return undefined;
  const { value: said, to } = quantity;
  return { ...finish(tokens, { said, value: said * factor, scale: factor, to, plainDigits: '' }), ...(factor === 1 ? { money: true } : {}) };
};

const loneThousand = (tokens: readonly Token[], at: number): Reading | undefined => {
  const word = wordAt(tokens, at);
  if (HALF_THOUSAND.test(word)) return finish(tokens, { said: 0.5, value: 500, scale: 1000, to: at + 1, plainDigits: '' });
  const before = wordAt(tokens, at - 1);
  if (MANY.test(word) && /^пар[аыу]$/.test(before)) return finish(tokens, { said: 2, value: 2000, scale: 1000, to: at + 1, plainDigits: '' });
  const counted = currencyAt(tokens, at + 1) !== undefined;
  if (THOUSAND_ALONE.test(word) && (counted ? before !== 'несколько' : BEFORE_THOUSAND.test(before))) {
    const remainder = remainderAt(tokens, at + 1);
    return finish(tokens, { said: 1, value: 1000 + remainder.value, scale: 1000, to: remainder.to, plainDigits: '' });
  }
  return MANY.test(word) && counted ? finish(tokens, { said: Number.NaN, value: Number.NaN, scale: 1000, to: at + 1, plainDigits: '' }) : undefined;
};

const wordFigure = (tokens: readonly Token[], at: number): Reading | undefined => {
  const word = wordAt(tokens, at);
  if (word.startsWith('рубл')) return turned(tokens, at, 1);
  if (word === 'тысяч' || word === 'тыщ') return turned(tokens, at, 1000) ?? loneThousand(tokens, at);
  return loneThousand(tokens, at);
};

/** «₽ 14 000», «$100». */
const withPrefix = (tokens: readonly Token[], from: number, figure: Figure): Figure => {
  const currency = from > 0 ? currencyAt(tokens, from - 1) : undefined;
  if (figure.money || currency === undefined || tokens[from - 1]?.kind !== 'mark') return figure;
  return { ...figure, from: from - 1, money: true, value: currency.foreign ? Number.NaN : figure.value };
};

/** Every number of the text, money or not, in order and without overlap. */
export const readFigures = (tokens: readonly Token[]): Figure[] => {
  const figures: Figure[] = [];
  let free = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const read = at < free ? undefined : (ordinary(tokens, at) ?? wordFigure(tokens, at));
    if (read === undefined) continue;
    const figure = { from: at, ...read };
    figures.push(free < at ? withPrefix(tokens, at, figure) : figure);
    free = read.to;
  }
  return figures;
};

/** Whether a number is part of a name: «P2000», «ВАЗ-2107», «RAL9005». */
export const isPartOfName = (tokens: readonly Token[], { from }: Figure): boolean => {
  const before = tokens[from - 1];
  if (before === undefined || !isGlued(tokens, from - 1)) return false;
  if (before.kind === 'word') return before.text.length <= 3;
  const name = before.kind === 'mark' && /[-\u2010\u2011]/.test(before.text) && isGlued(tokens, from - 2) ? wordAt(tokens, from - 2) : '';
  return name !== '' && (name.length <= 3 || /^[a-z]+$/.test(name));
};
