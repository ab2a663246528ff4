import type { CarClass, Workshop } from './types.ts';
import { stemRussian } from './stem.ts';
import { carWordsOf, isTypoOf } from './words.ts';

export type ClassifiedCar = Readonly<{ class: CarClass; title: string; model: string }>;

type Word = Readonly<{ word: string; stem: string }>;
type Spelling = Readonly<{ words: readonly Word[]; car: ClassifiedCar }>;

const readWords = (text: string): Word[] => carWordsOf(text).map((word) => ({ word, stem: stemRussian(word) }));
const letters = ({ words }: Spelling): number => words.map(({ stem }) => stem).join('').length;

export const spellingsOf = (model: string): string[] => model.split(' / ').map((spelling) => spelling.trim());

const spellings = new WeakMap<Workshop, readonly Spelling[]>();

/** Longest spelling first, so that «Лада Веста» wins over «Лада». */
const buildSpellings = ({ carClasses }: Workshop): readonly Spelling[] =>
  carClasses
    .flatMap(({ class: carClass, title, models }) =>
      models.flatMap((model) => {
        const names = spellingsOf(model);
        const car = { class: carClass, title, model: names[0] ?? model };
        return names.map((name): Spelling => ({ words: readWords(name), car }));
      }),
    )
    .sort((a, b) => b.words.length - a.words.length || letters(b) - letters(a));

const spellingsFor = (workshop: Workshop): readonly Spelling[] => {
  const known = spellings.get(workshop);
  if (known !== undefined) return known;
  const built = buildSpellings(workshop);
  spellings.set(workshop, built);
  return built;
};

type Same = (typed: Word, known: Word) => boolean;
const exactly: Same = (typed, known) => typed.stem === known.stem;
const nearly: Same = (typed, known) => exactly(typed, known) || isTypoOf(typed.stem, known.stem) || isTypoOf(typed.word, known.word);

const isSaid = (said: readonly Word[], { words }: Spelling, same: Same): boolean =>
  said.some((_, start) =>
    words.every((known, offset) => {
      const typed = said[start + offset];
      return typed !== undefined && same(typed, known);
    }),
  );

/**
 * The class of the car a customer names, in Russian or Latin letters, inflected («на Весту»), with at most one slip per word.
 * null when the workshop's list has no such car; a brand alone counts only where the list names the brand alone.
 */
export const classifyCar = (workshop: Workshop, car: string): ClassifiedCar | null => {
  const said = readWords(car);
  const known = spellingsFor(workshop);
  const exact = known.find((spelling) => isSaid(said, spelling, exactly));
  const near = known.find((spelling) => isSaid(said, spelling, nearly));
  // «Лада Вестта»: the brand is exact, yet the longer name is what was meant
  const found = exact !== undefined && exact.words.length >= (near?.words.length ?? 0) ? exact : near;
  return found?.car ?? null;
};
