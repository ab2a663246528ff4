import { isPartOfName, type Figure } from './figures.ts';
import { markAt, type Token, wordAt } from './tokens.ts';

/** Numbers that stand together as one amount, a single one or the ends of a range. */
export type Span = Readonly<{ first: Figure; last: Figure }>;

type Sees = (tokens: readonly Token[], span: Span) => boolean;

const UNIT_WORD =
  /^(?:км|мм|см|м|мкм|мк|кг|гр|л|мл|об|шт|кв|лет|час|часов|часа|раз|раза|ват|вт|лм|k|к|люм\p{L}*|километр\p{L}*|пробег\p{L}*|мил[ьия]\p{L}*|микрон\p{L}*|миллиметр\p{L}*|сантиметр\p{L}*|метр\p{L}*|килограмм\p{L}*|грамм\p{L}*|литр\p{L}*|оборот\p{L}*|кельвин\p{L}*|моточас\p{L}*|машин|автомобилей|клиент\p{L}*|отзыв\p{L}*|человек|извинений|мелоч\p{L}*|процент\p{L}*)$/u;
const YEAR_WORD = /^(?:год\p{L}*|г|гг|гв|выпуск\p{L}*)$/u;
const YEAR_BREAK = /^(?:за|в|на|и|или|с)$/; // «2 000 за первый год» is a price
const ORDINAL_TEEN = /надцат(?:ого|ый|ом|ая|ой)$/;
const NUMBERED = /^(?:n|номер\p{L}*|заявк\p{L}*|записи|бронь|брони)$/u;
const CODE = /^(?:ral|код\p{L}*|арт|артикул\p{L}*|vin|инн|огрн|кпп|гост\p{L}*|зерн\p{L}*|грит\p{L}*|индекс\p{L}*|тел|телефон\p{L}*)$/u;
const PLACE = /^(?:дом|дома|д|стр|строени\p{L}*|корп|корпус\p{L}*|квартир\p{L}*|офис\p{L}*|оф|бокс\p{L}*|павильон\p{L}*|километр)$/u;
const STREET = /^(?:ул|улиц\p{L}*|проспект\p{L}*|шоссе|переул\p{L}*|пер|наб|бульвар\p{L}*)$/u;
const TOWN = /^(?:г|город\p{L}*|россия|рф|обл\p{L}*|республика|край|москва|ул)$/u;
const MILEAGE = /^пробег\p{L}*$/u;
const PRICE_WORD = /^(?:сто[ия]\p{L}*|цен\p{L}*|обойд\p{L}*|выйд\p{L}*|будет|за|итого|сумм\p{L}*|доплат\p{L}*)$/u;
const BRAND = /^(?:lada|лад\p{L}*|ваз\p{L}*|жигул\p{L}*|нив[аыуе]|газ|газел\p{L}*|уаз\p{L}*|волг\p{L}*|москвич\p{L}*|peugeot|пежо|ram|рам|dodge|додж)$/u;
const MODEL_NUMBER = /^(?:21\d{2,3}|11\d\d|[2-5]008|[23][1347]\d{2,3}|24\d\d|[123]500)$/;
const CLAUSE_END = new Set(['.', '!', '?', ';', ',', '\n', '(']);

/** The words before a token inside its clause, nearest first. */
const wordsBefore = (tokens: readonly Token[], from: number, count: number): string[] => {
  const words: string[] = [];
  for (let at = from - 1; at >= Math.max(0, from - count * 2) && words.length < count; at -= 1) {
    if (CLAUSE_END.has(markAt(tokens, at)) || tokens[at]?.kind === 'number') break;
    if (tokens[at]?.kind === 'word') words.push(wordAt(tokens, at));
  }
  return words;
};

const said = (pattern: RegExp, words: readonly string[]): boolean => words.some((word) => pattern.test(word));

export const isPercentage: Sees = (tokens, { last }) => markAt(tokens, last.to) === '%' || wordAt(tokens, last.to).startsWith('процент');

const hasAnotherUnit: Sees = (tokens, { last }) => UNIT_WORD.test(wordAt(tokens, last.to));

const isMileage: Sees = (tokens, { first }) => said(MILEAGE, wordsBefore(tokens, first.from, 3));

const isNumbered: Sees = (tokens, { first }) =>
  ['№', '#'].includes(markAt(tokens, first.from - 1)) ||
  said(NUMBERED, wordsBefore(tokens, first.from, 2)) ||
  /^заяв/.test(wordsBefore(tokens, first.from, 3)[2] ?? '');

const isCode: Sees = (tokens, { first }) => said(CODE, wordsBefore(tokens, first.from, 1)) || isPartOfName(tokens, first);

const isModel: Sees = (tokens, { first }) => MODEL_NUMBER.test(first.plainDigits) && said(BRAND, wordsBefore(tokens, first.from, 1));

const isAddress: Sees = (tokens, { first: { from, to, plainDigits } }) => {
  if (plainDigits === '') return false;
  if (plainDigits.length === 6) return TOWN.test(wordAt(tokens, to)) || (markAt(tokens, to) === ',' && TOWN.test(wordAt(tokens, to + 1)));
  const near = [1, 2, 3, 4, 5].map((back) => wordAt(tokens, from - back));
  return plainDigits.length <= 4 && (said(PLACE, near.slice(0, 2)) || said(STREET, near));
};

const isYearValue = (value: number): boolean => Number.isInteger(value) && value >= 1900 && value < 2100;

const isCalledYear: Sees = (tokens, { first, last }) => {
  if (!isYearValue(last.value)) return false;
  const next = [0, 1, 2].map((ahead) => wordAt(tokens, last.to + ahead));
  const ends = next.findIndex((word) => word === '' || YEAR_BREAK.test(word));
  const near = ends < 0 ? next : next.slice(0, ends);
  return said(YEAR_WORD, near) || ORDINAL_TEEN.test(near[0] ?? '') || said(YEAR_WORD, wordsBefore(tokens, first.from, 2));
};

/** «Камри 2018» is a year though nobody says so; «2000» is a usual price, and a price word before makes any of them one. */
const looksLikeYear: Sees = (tokens, { first: { from, plainDigits, value } }) =>
  plainDigits.length === 4 && value >= 1950 && value < 2050 && value !== 2000 && !said(PRICE_WORD, wordsBefore(tokens, from, 2));

const EITHER: readonly Sees[] = [isPercentage, hasAnotherUnit, isMileage, isCalledYear];
const BARE_ONLY: readonly Sees[] = [isNumbered, isCode, isModel, isAddress, looksLikeYear];

/** Whether numbers without a rouble sign are something else than money. `scaled`: «тыс.» or «к» stands behind them. */
export const isNotMoney = (tokens: readonly Token[], span: Span, scaled: boolean): boolean =>
  EITHER.some((sees) => sees(tokens, span)) || (!scaled && BARE_ONLY.some((sees) => sees(tokens, span)));

/** «класс 1 — 14 тыс.»: the number before the dash counts something else. */
export const isOrdinalLabel = (tokens: readonly Token[], { from }: Figure): boolean => /^(?:класс\p{L}*|сери[ияею]|пункт|п)$/u.test(wordAt(tokens, from - 1));

const OPENS_RANGE = /^(?:от|с|за|около|примерно|порядка|сто[ия]\p{L}*|обойд\p{L}*|выйд\p{L}*|будет|цена|в|на)$/u;
export const opensRange = (tokens: readonly Token[], { from }: Figure): boolean => OPENS_RANGE.test(wordAt(tokens, from - 1));
