import { splitWishes, type Wish } from './wishes.ts';
import type { PriceRow, Workshop } from './types.ts';
import { createVocabulary, isAction, isGeneral, isSide, type Term, type Vocabulary } from './vocabulary.ts';
import { wordsOf } from './words.ts';

export type PriceIndex = Readonly<{ find: (text: string) => readonly PriceRow[] }>;

type IndexedRow = Readonly<{
  row: PriceRow;
  /** What must be said in full: the name and each keyword phrase. */
  phrases: readonly (readonly Term[])[];
  /** Keywords that are a bare deed («тонировка»): they count only when nothing else is said. */
  bare: ReadonlySet<Term>;
  /** Section, name and one keyword phrase each: what may be said in part. Phrases are not mixed, or «ремонт крыла;выправить порог» would sell «ремонт порога». */
  covers: readonly ReadonlySet<Term>[];
  bag: ReadonlySet<Term>;
  serviceTerms: readonly Term[];
}>;

const withoutParentheses = (text: string): string => text.replace(/\([^)]*\)/g, ' ');
const unique = (terms: readonly Term[]): Term[] => [...new Set(terms)];
const hard = (terms: readonly Term[]): Term[] => unique(terms).filter((term) => !isSide(term));

/** A deed alone («покраска») would catch every wish that contains it, also for things not in the list; so would one word left of a longer phrase. */
const canStandAlone = (text: string, phrase: readonly Term[]): boolean =>
  phrase.some((term) => !isAction(term) && !isGeneral(term)) && (phrase.length > 1 || wordsOf(text).length === 1);

const indexRow = (row: PriceRow, vocabulary: Vocabulary): IndexedRow => {
  const read = (text: string): Term[] => vocabulary.read(text);
  const name = withoutParentheses(row.service);
  const bare = row.keywords.map((keyword) => hard(read(keyword))).flatMap(([term, ...more]) => (term !== undefined && more.length === 0 ? [term] : []));
  const phrases = [name, ...row.keywords].map((text) => ({ text, terms: hard(read(text)) })).filter(({ text, terms }) => canStandAlone(text, terms));
  const core = read(`${row.section} ${row.service}`);
  const covers = [core, ...row.keywords.map((keyword) => [...core, ...read(keyword)])].map((terms) => new Set(terms));
  return {
    row,
    phrases: phrases.map(({ terms }) => terms),
    bare: new Set(bare.filter((term) => isAction(term) && !isGeneral(term))),
    covers,
    bag: new Set(covers.flatMap((cover) => [...cover])),
    serviceTerms: unique(read(name)),
  };
};

const shared = (terms: readonly Term[], bag: ReadonlySet<Term>): number => terms.filter((term) => bag.has(term)).length;

/** More said words in the row is better, then fewer words of its name left unsaid; sides only break ties. */
const closeness = (said: readonly Term[], { bag, serviceTerms }: IndexedRow): number => {
  const saidSet = new Set(said);
  const unsaid = serviceTerms.filter((term) => !saidSet.has(term)).length;
  return shared(hard(said), bag) * 10 - unsaid + shared(said.filter(isSide), bag) * 2;
};

/** «замена бампера» is not «бампер»: a deed that was asked for must be the row's own. */
const isAnotherDeed = (said: readonly Term[], { bag }: IndexedRow): boolean => {
  const deeds = said.filter(isAction);
  return deeds.length > 0 && !deeds.some((deed) => bag.has(deed));
};

const phraseScore = (said: readonly Term[], indexed: IndexedRow): number => {
  if (isAnotherDeed(said, indexed)) return 0;
  const [deed, ...more] = hard(said);
  if (deed !== undefined && more.length === 0 && indexed.bare.has(deed)) return 1000;
  const saidSet = new Set(said);
  const longest = Math.max(0, ...indexed.phrases.filter((phrase) => phrase.every((term) => saidSet.has(term))).map((phrase) => phrase.length));
  return longest === 0 ? 0 : 1000 + longest * 100 + closeness(said, indexed);
};

const coverScore = (said: readonly Term[], indexed: IndexedRow): number => {
  const needed = hard(said);
  if (needed.length === 0 || needed.every(isGeneral) || !indexed.covers.some((cover) => needed.every((term) => cover.has(term)))) return 0;
  return 100 + closeness(said, indexed);
};

type Scored = Readonly<{ indexed: IndexedRow; score: number }>;

const scored = (rows: readonly IndexedRow[], score: (indexed: IndexedRow) => number): Scored[] =>
  rows.map((indexed) => ({ indexed, score: score(indexed) })).filter((entry) => entry.score > 0);

const findForWish = (rows: readonly IndexedRow[], { own, meant, ownSuffices }: Wish): Scored[] => {
  const byPhrase = scored(rows, (indexed) => phraseScore(meant, indexed));
  if (byPhrase.length > 0) return byPhrase;
  const covered = scored(rows, (indexed) => coverScore(meant, indexed));
  return covered.length > 0 || !ownSuffices ? covered : scored(rows, (indexed) => coverScore(own, indexed));
};

/** Search over one price list; building it costs some milliseconds, a search far less. */
export const createPriceIndex = (workshop: Workshop): PriceIndex => {
  const vocabulary = createVocabulary({
    services: workshop.prices.flatMap((row) => [row.section, row.service, ...row.keywords]),
    cars: workshop.carClasses.flatMap(({ models }) => models),
  });
  const rows = workshop.prices.map((row) => indexRow(row, vocabulary));

  const find = (text: string): readonly PriceRow[] => {
    const best = new Map<PriceRow, number>();
    for (const wish of splitWishes(text, vocabulary.read)) {
      for (const { indexed, score } of findForWish(rows, wish)) best.set(indexed.row, Math.max(score, best.get(indexed.row) ?? 0));
    }
    return [...best].sort(([, a], [, b]) => b - a).map(([row]) => row);
  };

  return { find };
};
