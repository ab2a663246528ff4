import { fold, HOMOGRAPHS } from './first-names.ts';

/** How a name was written when it was first seen, with what its other forms have in common. */
export type KnownName = Readonly<{ key: string; written: string; forms: ReadonlySet<string> }>;

const ENDINGS: readonly (readonly [ending: RegExp, forms: readonly string[]])[] = [
  [/(?<=[гкхжшщчц])ий$|(?<=ск)ая$/, ['ий', 'ого', 'ому', 'им', 'ом', 'ая', 'ой', 'ую']],
  [/ая$/, ['ая', 'ой', 'ую']],
  [/ый$/, ['ый', 'ого', 'ому', 'ым', 'ом']],
  [/я$/, ['я', 'и', 'ю', 'е', 'ей', 'ею']],
  [/а$/, ['а', 'ы', 'и', 'у', 'е', 'ой', 'ою', 'ей']],
  [/й$/, ['й', 'я', 'ю', 'ем', 'е', 'и']],
  [/ь$/, ['ь', 'я', 'ю', 'ем', 'е', 'и', 'ью']],
  [/(?<=[бвгджзклмнпрстфхцчшщ])$/, ['', 'а', 'у', 'ом', 'ем', 'е', 'ым']],
];

const FLEETING: Readonly<Record<string, string>> = { павел: 'павл', петр: 'петр', лев: 'льв' };

const inflect = (name: string): string[] => {
  const [ending, forms] = ENDINGS.find(([pattern]) => pattern.test(name)) ?? [/$/, ['']];
  const stems = new Set([name.replace(ending, ''), FLEETING[name] ?? name.replace(ending, '')]);
  return [name, ...[...stems].flatMap((stem) => forms.map((form) => stem + form))];
};

/** A name by its cases («Анны», «Анной»); a name in other letters than Cyrillic by itself. */
export const toKnownName = (written: string): KnownName => {
  const key = fold(written);
  return { key, written, forms: new Set(/^[а-я-]+$/.test(key) ? inflect(key) : [key]) };
};

const isCapital = (word: string): boolean => /^\p{Lu}/u.test(word);

const MIN_SMALL = 6; // «анной» is nobody's other word; shorter forms are

/** Whether a word of a text is this name. Written small, only where it can hardly be another word. */
export const isName = (word: string, { key, forms }: KnownName): boolean => {
  const plain = fold(word);
  if (!forms.has(plain)) return false;
  if (isCapital(word)) return true;
  return !HOMOGRAPHS.has(key) && (plain === key || plain.length >= MIN_SMALL);
};
