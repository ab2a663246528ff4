import { stemRussian } from './stem.ts';

// Latin letters that look like Cyrillic ones: phones and copied texts mix them inside one word.
const LATIN_TO_CYRILLIC: Readonly<Record<string, string>> = { a: 'а', b: 'в', c: 'с', e: 'е', h: 'н', k: 'к', m: 'м', o: 'о', p: 'р', t: 'т', x: 'х', y: 'у' };
const CYRILLIC_TO_LATIN: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(LATIN_TO_CYRILLIC).map(([latin, cyrillic]) => [cyrillic, latin]));

const swap = (word: string, table: Readonly<Record<string, string>>): string => Array.from(word, (letter) => table[letter] ?? letter).join('');

const CYRILLIC = /[а-я]/;
const LATIN = /[a-z]/;

/** One spelling per word: lower case, «ё» as «е», no mixture of alphabets inside a word. */
const unify = (word: string): string => (CYRILLIC.test(word) && LATIN.test(word) ? swap(word, LATIN_TO_CYRILLIC) : word);

/** Lower-case words and numbers of a text in their order; hyphens, punctuation and letter–digit borders separate. */
export const wordsOf = (text: string): string[] => {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('ё', 'е');
  return Array.from(plain.matchAll(/\p{L}+|\p{N}+/gu), ([word]) => unify(word));
};

/** «х5», «сх 5», «а6»: one or two look-alike letters are a model's Latin index. */
const modelIndex = (word: string): string => (word.length <= 2 && CYRILLIC.test(word) ? swap(word, CYRILLIC_TO_LATIN) : word);

/** `wordsOf` with Russian words reduced to stems. */
export const stemsOf = (text: string): string[] => wordsOf(text).map((word) => stemRussian(word));

/** `wordsOf` for car names. */
export const carWordsOf = (text: string): string[] => wordsOf(text).map(modelIndex);

/** `stemsOf` for car names. */
export const carStemsOf = (text: string): string[] => carWordsOf(text).map((word) => stemRussian(word));

const isTransposition = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false;
  const at = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
};

const isSubstitution = (a: string, b: string): boolean => {
  const at = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return a.length === b.length && at > 0 && a.slice(at + 1) === b.slice(at + 1);
};

const lacksOneLetter = (short: string, long: string): boolean => {
  if (short.length + 1 !== long.length) return false;
  const at = Array.from(long).findIndex((letter, index) => letter !== short[index]);
  return at > 0 && short.slice(at) === long.slice(at + 1);
};

const LONG_STEM = 5;
const SHORT_STEM = 4;

/** Whether `typed` is `known` with one slip of the finger; the first letter must be right and `known` have five letters. */
export const isTypoOf = (typed: string, known: string): boolean =>
  known.length >= LONG_STEM &&
  typed.length >= SHORT_STEM &&
  (isTransposition(typed, known) || isSubstitution(typed, known) || lacksOneLetter(typed, known) || lacksOneLetter(known, typed));

/** `isTypoOf` that also forgives four-letter stems what cannot turn one part of a car into another («крл» is «крыл», «крыш» is not). */
export const isLooseTypoOf = (typed: string, known: string): boolean =>
  known.length === SHORT_STEM ? isTransposition(typed, known) || (lacksOneLetter(typed, known) && typed.at(-1) === known.at(-1)) : isTypoOf(typed, known);
