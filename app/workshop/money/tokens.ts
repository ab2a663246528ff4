/** A piece of a text; `start` and `end` are UTF-16 offsets into the text as it was given. */
export type Token = Readonly<{ start: number; end: number }> &
  (
    | Readonly<{ kind: 'number'; value: number; /** Digits without grouping or fraction, as in a year. */ plain: boolean; digits: string }>
    /** Lower case, «ё» as «е». */
    | Readonly<{ kind: 'word'; text: string }>
    /** One character that is neither letter nor digit; a line feed counts, other blanks and Markdown's marks are left out. */
    | Readonly<{ kind: 'mark'; text: string }>
    /** A phone, date or time of day. */
    | Readonly<{ kind: 'other' }>
  );

const BLANK = '[ \\u00A0\\u2009\\u202F]';
const GAP = '[\\s()\\u2010\\u2011-]{0,4}';
const AFTER_NUMBER = '(?![\\d])';
// every repetition is bounded or cannot overlap its neighbour, so that a text costs its length
const PHONE = `(?:\\+\\d{1,3}|8)${GAP}\\d{2,4}${GAP}\\d{2,3}${GAP}\\d{2}${GAP}\\d{2}${AFTER_NUMBER}(?!${BLANK}?[₽р])`;
const DATE = `\\d{1,2}(?:\\.\\d{1,2}\\.(?:\\d{4}|\\d{2})|/\\d{1,2}/\\d{4})${AFTER_NUMBER}|\\d{4}-\\d{2}-\\d{2}(?:t\\d{2}:\\d{2})?|\\d{2}\\.(?:19|20)\\d{2}${AFTER_NUMBER}`;
const TIME = `\\d{1,2}:\\d{2}${AFTER_NUMBER}`;
const GROUPED = `\\d{1,3}(?:(?:${BLANK}\\d{3})+|(?:[.,']\\d{3})+)${AFTER_NUMBER}(?:[.,]\\d{1,2}${AFTER_NUMBER})?`;
const PLAIN = `\\d+(?:[.,]\\d+)?`;
const TOKEN = new RegExp(
  `(?<other>(?<!\\d)(?:${PHONE}|${DATE}|${TIME}))|(?<number>(?<!\\d)${GROUPED}|${PLAIN})|(?<word>\\p{L}[\\p{L}\\p{M}]*)|(?<mark>\\n|[^\\s*_\`~])`,
  'gu',
);

const foldLetter = (letter: string): string => {
  const digit = letter.charCodeAt(0) - 0xff10;
  if (digit >= 0 && digit <= 9) return String(digit);
  const lower = letter.toLowerCase().replace('ё', 'е');
  return lower.length === letter.length ? lower : letter; // offsets must stay those of the text
};

const FRACTION = /[.,]\d{1,2}$/;

const toNumber = (text: string): Pick<Extract<Token, { kind: 'number' }>, 'value' | 'plain' | 'digits'> => {
  if (/^\d+$/.test(text)) return { value: Number(text), plain: true, digits: text };
  if (!/[ .,'\u00A0\u2009\u202F]\d{3}(?!\d)/u.test(text)) return { value: Number(text.replace(',', '.')), plain: false, digits: '' };
  const fraction = FRACTION.exec(text)?.[0] ?? '';
  const whole = text.slice(0, text.length - fraction.length).replace(/\D/g, '');
  return { value: Number(`${whole}${fraction.replace(',', '.')}`), plain: false, digits: '' };
};

const toToken = (match: RegExpExecArray): Token => {
  const { number, word, mark } = match.groups ?? {};
  const place = { start: match.index, end: match.index + match[0].length };
  if (number !== undefined) return { kind: 'number', ...toNumber(number), ...place };
  if (word !== undefined) return { kind: 'word', text: word, ...place };
  if (mark !== undefined) return { kind: 'mark', text: mark, ...place };
  return { kind: 'other', ...place };
};

/** The words, numbers and marks of a text in their order. «14 000», «14.000» and «14,5» are one number each. */
export const tokenize = (text: string): readonly Token[] => Array.from(text.replace(/[\p{Lu}ё０-９]/gu, foldLetter).matchAll(TOKEN), toToken);

export const wordAt = (tokens: readonly Token[], at: number): string => {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
};

export const markAt = (tokens: readonly Token[], at: number): string => {
  const token = tokens[at];
  return token?.kind === 'mark' ? token.text : '';
};

/** Whether nothing stands between the tokens `at` and `at + 1`. */
export const isGlued = (tokens: readonly Token[], at: number): boolean => tokens[at] !== undefined && tokens[at].end === tokens[at + 1]?.start;
