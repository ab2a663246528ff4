import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Span } from './placeholders.ts';

// Digits of any script, and what people write between them: spaces, brackets, dots, dashes, invisible characters.
const RUN = /[+＋]?\p{Nd}(?:[\s\p{Pd}\p{Cf}\p{Zs}().·•*/_−]*\p{Nd})*/gu;
const GROUP = /[+＋]?\p{Nd}+/gu;
/** «30.11.2026 10:00» has as many digits as a number of Buryatia. */
const DATE = /(?<!\p{Nd})(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\p{Nd})/gu;
/** «38 000 – 45 000», «90 000 110 000»: two or more round sums. */
const SUMS = /^(?:\d{1,3}[\s\u00a0\u202f]\d{3}|\d{3,6})(?:(?:\s*[\p{Pd}−/]\s*|\s+)(?:\d{1,3}[\s\u00a0\u202f]\d{3}|\d{3,6}))+$/u;
const SUM = /\d{1,3}[\s\u00a0\u202f]\d{3}(?!\d)|\d{3,6}/g;
const CURRENCY = /^\s*(?:₽|руб|тыс|т\.\s?р|р\.)/iu;

const MOBILE_OR_TRUNK = /^(?:[78][3489]\d{9}|9\d{9})$/;
const ABROAD = /^(?:00|810)?(?:37[345]|380|99[2-68])\d{8,9}$/;
const BEGINS = /^[034789]/;
const LANDLINE = /^\(?\d{3,5}\)?[\s\p{Pd}.]*\d{1,3}[\s\p{Pd}.]*\d{2}[\s\p{Pd}.]*\d{2}$/u;
const MAX_GROUPS = 12;
const MIN_DIGITS = 9;
const MAX_DIGITS = 15;

type Group = Readonly<{ start: number; end: number; digits: number }>;

const isValid = (text: string): boolean => parsePhoneNumberFromString(text, 'RU')?.isValid() === true;

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

const isRoundSum = (sum: string): boolean => {
  const roubles = Number(digitsOf(sum));
  return roubles >= 1_000 && roubles % 100 === 0;
};

const areRoundSums = (text: string): boolean => SUMS.test(text) && (text.match(SUM) ?? []).every(isRoundSum);

const isMoney = (text: string, after: string): boolean => areRoundSums(text) || (SUMS.test(text) && CURRENCY.test(after));

/** `text`: digits and what stands between them, in plain characters. A slip in a number does not make it less of one. */
const isPhone = (text: string, after: string): boolean => {
  const digits = digitsOf(text);
  if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS) return false;
  if (text.startsWith('+')) return true;
  if (!BEGINS.test(digits)) return false; // before anything that costs
  if (isMoney(text, after)) return false;
  return MOBILE_OR_TRUNK.test(digits) || ABROAD.test(digits) || (digits.length === 10 && LANDLINE.test(text) && isValid(text));
};

/** The same for every spelling of the same number. */
const keyOf = (text: string): string => {
  const digits = digitsOf(text);
  if (text.startsWith('+')) return digits;
  return digits.length === 10 ? `7${digits}` : digits.replace(/^8(?=\d{10}$)/, '7').replace(/^(?:810|00)/, '');
};

const ASCII = /^[ -~]*$/;
const plain = (text: string): string =>
  ASCII.test(text)
    ? text
    : text
        .normalize('NFKC')
        .replaceAll(/\p{Cf}/gu, '')
        .replaceAll(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
// the decimal digits of every script stand in tens, beginning with zero
const digitValue = (digit: string): number => {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
};

const groupsOf = (run: string, offset: number): Group[] =>
  [...run.matchAll(GROUP)].map(({ 0: group, index }) => ({
    start: offset + index,
    end: offset + index + group.length,
    digits: group.match(/\p{Nd}/gu)?.length ?? 0,
  }));

/** Ends of the stretches from `from` that have as many digits as a phone, the longest first. */
const endsFrom = (groups: readonly Group[], from: number): number[] => {
  const ends: number[] = [];
  let digits = 0;
  for (let at = from; at < Math.min(groups.length, from + MAX_GROUPS); at++) {
    digits += groups[at]?.digits ?? 0;
    if (digits > MAX_DIGITS) break;
    if (digits >= MIN_DIGITS) ends.unshift(at);
  }
  return ends;
};

/** Phone numbers among digits that stand together: «2019 8 912 345-67-89», two numbers in a row. The longest from the left count. */
const inGroups = (text: string, groups: readonly Group[]): Span[] => {
  const found: Span[] = [];
  for (let from = 0; from < groups.length; from++) {
    for (const last of endsFrom(groups, from)) {
      const [start, end] = [groups[from]?.start ?? 0, groups[last]?.end ?? 0];
      const written = plain(text.slice(start, end));
      if (!isPhone(written, text.slice(end, end + 8))) continue;
      found.push({ kind: 'phone', start, end, key: keyOf(written), value: text.slice(start, end) });
      from = last;
      break;
    }
  }
  return found;
};

/**
 * Phone numbers of a text, Russian ones with or without country code, others with it. Dates, prices, years, mileages and vehicle
 * numbers are not. Better one number too many than one too few: what is replaced comes back where it is needed.
 */
export const findPhones = (text: string): Span[] => {
  const undated = text.replaceAll(DATE, (date) => 'x'.repeat(date.length));
  return [...undated.matchAll(RUN)].flatMap(({ 0: run, index }) => (run.length < 9 ? [] : inGroups(text, groupsOf(run, index))));
};
