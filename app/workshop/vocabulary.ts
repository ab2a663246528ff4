import { ACTIONS, COMPOUNDS, GENERAL, NOISE, SIDES, THINGS, WITHOUT } from './lexicon.ts';
import { stemRussian } from './stem.ts';
import { carStemsOf, isLooseTypoOf, isTypoOf, stemsOf, wordsOf } from './words.ts';

/** One thing a text speaks about: an idea of the lexicon (`#paint`), a plain stem, or a side (`~передн`). */
export type Term = string;

export type Vocabulary = Readonly<{
  /** What the text says about services, noise and car names left out; unknown words stay, so that they can veto a match. */
  read: (text: string) => Term[];
}>;

export const isAction = (term: Term): boolean => term.startsWith('#') && term.slice(1) in ACTIONS;
export const isSide = (term: Term): boolean => term.startsWith('~');
const generalTerms = new Set(GENERAL.map((idea) => `#${idea}`));
export const isGeneral = (term: Term): boolean => generalTerms.has(term);

const WITHOUT_WORDS = ['без'];
const NOT_WORDS = ['не', 'кроме'];

const LONG_WORD = 7;

/** Stems, and long words as they are: a slip may spoil an ending, so that the stem no longer resembles («антихорм»). */
const formsOf = (text: string): string[] => wordsOf(text).flatMap((word) => (word.length < LONG_WORD ? [stemRussian(word)] : [stemRussian(word), word]));

const ideasByStem = (): Map<string, readonly Term[]> => {
  const ideas = new Map<string, readonly Term[]>();
  for (const [idea, words] of [...Object.entries(ACTIONS), ...Object.entries(THINGS)]) {
    for (const form of formsOf(words)) ideas.set(form, [`#${idea}`]);
  }
  for (const [word, parts] of Object.entries(COMPOUNDS)) {
    const terms = parts.map((idea) => `#${idea}`);
    for (const form of formsOf(word)) ideas.set(form, terms);
  }
  return ideas;
};

const findTypo = (typed: string, known: Iterable<string>, isTypo = isLooseTypoOf): string | undefined => {
  for (const stem of known) if (isTypo(typed, stem)) return stem;
  return undefined;
};

/** Numbers and words of one or two letters («х5», «шт») say nothing about a service. */
const isTooShort = (stem: string): boolean => stem.length < 3 || /^\p{N}/u.test(stem);

type Dictionaries = Readonly<{
  ideas: ReadonlyMap<string, readonly Term[]>;
  services: ReadonlySet<string>;
  noise: ReadonlySet<string>;
  sides: ReadonlySet<string>;
  cars: ReadonlySet<string>;
}>;

const exactTerms = (stem: string, { ideas, services, noise, sides, cars }: Dictionaries): readonly Term[] | undefined => {
  const known = ideas.get(stem);
  if (known !== undefined) return known;
  if (sides.has(stem)) return [`~${stem}`];
  if (noise.has(stem) || isTooShort(stem)) return [];
  if (services.has(stem)) return [stem];
  return cars.has(stem) ? [] : undefined;
};

const termsOf = (word: string, dictionaries: Dictionaries): readonly Term[] => {
  const stem = stemRussian(word);
  const exact = exactTerms(stem, dictionaries);
  if (exact !== undefined) return exact;
  const { ideas, services, cars } = dictionaries;
  const meant = findTypo(stem, ideas.keys()) ?? findTypo(stem, services);
  if (meant !== undefined) return exactTerms(meant, dictionaries) ?? [];
  return findTypo(stem, cars, isTypoOf) === undefined ? [stem] : []; // a car's name, slip or not, says nothing
};

/** A negated word names what is not wanted: «без снятия», «не полировка». */
const negated = (terms: readonly Term[], word: string): Term[] => {
  if (!WITHOUT_WORDS.includes(word)) return [];
  return terms.flatMap((term) => (term.startsWith('#') ? (WITHOUT[term.slice(1)] ?? []) : [])).map((idea) => `#${idea}`);
};

/** Joins «анти хром» and «анти-хром», so that the prefix is not lost as a word. */
const joinPrefixes = (text: string): string => text.replace(/(?<!\p{L})(анти|де)[\s-]+(?=хром|кор)/giu, '$1');

/**
 * The words one workshop understands.
 * @param texts.services texts of its price list; @param texts.cars its car names, which say nothing about the service.
 */
export const createVocabulary = (texts: { services: readonly string[]; cars: readonly string[] }): Vocabulary => {
  const ideas = ideasByStem();
  const noise = new Set(stemsOf(NOISE));
  const services = new Set(texts.services.flatMap((text) => stemsOf(joinPrefixes(text))).filter((stem) => !/^\p{N}/u.test(stem)));
  const cars = new Set(texts.cars.flatMap((text) => carStemsOf(text)).filter((stem) => !services.has(stem)));
  const dictionaries: Dictionaries = { ideas, services, noise, sides: new Set(stemsOf(SIDES)), cars };

  const read = (text: string): Term[] => {
    const terms: Term[] = [];
    let negation: string | undefined;
    for (const word of wordsOf(joinPrefixes(text))) {
      if (WITHOUT_WORDS.includes(word) || NOT_WORDS.includes(word)) {
        negation = word;
        continue;
      }
      const found = termsOf(word, dictionaries);
      terms.push(...(negation === undefined ? found : negated(found, negation)));
      negation = undefined;
    }
    return terms;
  };

  return { read };
};
