import { blank } from '../lexicon/words.ts';

const PLACEHOLDER = /<phone:\d+>/;
const RUSSIAN = /(?<![\d+])(?:\+?7|8)?[\s(-]*9\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)/;
const LANDLINE = /(?<![\d+])(?:\+7|8|7)[\s(-]*[3-8]\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)/;
const FOREIGN = /(?<![\d+])\+(?!7)\d(?:[\s()-]*\d){8,13}(?!\d)/;
const ALL = new RegExp([PLACEHOLDER, RUSSIAN, LANDLINE, FOREIGN].map(({ source }) => source).join('|'), 'g');

const sameNumber = (phone: string): string => (PLACEHOLDER.test(phone) ? phone : phone.replaceAll(/\D/g, '').slice(-10));

/** Every different phone number in the text exactly as it was written, or placeholders `<phone:n>` that stand for one. */
export const findPhones = (text: string): readonly string[] => [
  ...new Map((text.match(ALL) ?? []).map((phone) => [sameNumber(phone), phone.trim()] as const)).values(),
];

/** The last of them. */
export const findPhone = (text: string): string | undefined => findPhones(text).at(-1);

export const withoutPhones = (text: string): string => blank(text, ALL);

const PIECE = /^[\s\d()+-]*\d[\s\d()+-]*$/;

/** Digits of a message that is nothing but a piece of a number: «8916», «333 01 20»; '' = it is something else. */
export const phonePiece = (text: string): string => (PIECE.test(text) ? text.replaceAll(/\D/g, '') : '');

/** Pieces put together: a whole number, or what there is of one. A piece that does not fit begins anew. */
export const joinPieces = (before: string, piece: string): Readonly<{ phone: string | undefined; pieces: string }> => {
  const digits = before + piece;
  const whole = findPhones(digits).find((phone) => phone === digits);
  if (whole !== undefined) return { phone: whole, pieces: '' };
  return { phone: undefined, pieces: digits.length < 11 ? digits : piece };
};

/** Whether somebody seems to have tried to give a number: three digits or more that we could not read as one. */
export const looksLikePhone = (text: string): boolean => (text.match(/\d/g)?.length ?? 0) >= 3;
