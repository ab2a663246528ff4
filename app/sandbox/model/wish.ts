import type { Memory } from './memory.ts';
import { normalise, words } from './lexicon/words.ts';
import type { Said } from './understand.ts';

type Wish = Partial<Pick<Memory, 'date' | 'time' | 'anyTime'>>;

const ORDINALS = [words('перв\\p{L}+|1'), words('втор\\p{L}+|2'), words('трет\\p{L}+|3')];
const ASKED_FOR_TIME: ReadonlySet<string> = new Set(['when', 'day', 'time', 'other_time']);

const split = (iso: string | undefined): Wish => {
  const [date, time] = iso?.split('T') ?? [];
  return date && time ? { date, time } : {};
};

const chosenByWord = (offered: readonly string[], { text, intents }: Said): string | undefined => {
  const plain = normalise(text);
  const index = ORDINALS.findIndex((ordinal) => ordinal.test(plain));
  return index >= 0 ? offered[index] : intents.has('yes') ? offered[0] : undefined;
};

/** An answer to our list of other times: by number, by «да», by day or by hour; an hour alone belongs to an offered day. */
const chooseOffered = (offered: readonly string[], said: Said): Wish => {
  const { date, time } = said.when;
  if (date && time) return { date, time };
  if (date) return split(offered.find((iso) => iso.startsWith(date)) ?? `${date}T`);
  return time ? split(offered.find((iso) => iso.endsWith(time)) ?? `${offered[0]?.slice(0, 10) ?? ''}T${time}`) : split(chosenByWord(offered, said));
};

const sayWhen = (memory: Memory, said: Said): Wish => {
  const { date = memory.date, time = memory.time } = said.when;
  const saysWhen = Boolean(said.when.date ?? said.when.time);
  const saysAny = said.intents.has('any_time') && ASKED_FOR_TIME.has(memory.asked ?? '');
  return { date, time, anyTime: saysAny || (memory.anyTime && !saysWhen) };
};

/** What this message changes about the wished moment, while a booking is being made. */
export const learnWish = (memory: Memory, said: Said): Wish => {
  const chosen = memory.asked === 'other_time' && memory.offered.length > 0 ? chooseOffered(memory.offered, said) : {};
  return chosen.date ? chosen : sayWhen(memory, said);
};
