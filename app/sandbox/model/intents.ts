import { INTENT_WORDS, type Intent } from './lexicon/intent-words.ts';
import { remembered } from './lexicon/remembered.ts';
import { normalise } from './lexicon/words.ts';

export type { Intent };

const WHY_NOT = /почему бы и нет|почему бы нет|почему и нет|почему нет/u;
const REFUSALS: readonly Intent[] = ['no', 'decline', 'later', 'cancel'];

export const hasAny = (intents: ReadonlySet<Intent>, ...wanted: readonly Intent[]): boolean => wanted.some((intent) => intents.has(intent));

type Conflict = Readonly<{ when: (found: ReadonlySet<Intent>, plain: string) => boolean; drop: readonly Intent[] }>;

/** A word can belong to two intents; the wording around it decides which one is meant. */
const CONFLICTS: readonly Conflict[] = [
  // «сколько по времени» asks for days, not roubles
  { when: (found, plain) => found.has('duration') && !/стоит|стоим|цен|руб/u.test(plain), drop: ['price'] },
  // «что у меня записано»; but «перенесите мою запись» is a move
  { when: (found, plain) => found.has('my_booking') && /перен|сдви|отмен|аннул/u.test(plain), drop: ['my_booking'] },
  { when: (found) => found.has('my_booking'), drop: ['booking', 'price', 'hours', 'contact', 'move', 'any_time', 'human'] },
  { when: (found) => found.has('complaint'), drop: ['human', 'price'] },
  { when: (found) => found.has('abuse'), drop: ['yes', 'no', 'bye'] },
  { when: (found) => found.has('refuse'), drop: ['no', 'decline', 'contact'] },
  { when: (found) => hasAny(found, 'unsure', 'why'), drop: ['bye', 'later', 'contact'] },
  { when: (found, plain) => found.has('soon') && !/скольк|стоит|цен/u.test(plain), drop: ['hours'] },
  // «нет, спасибо» is no; «пока нет» is no farewell
  { when: (found) => hasAny(found, ...REFUSALS), drop: ['yes', 'bye'] },
  { when: (found) => hasAny(found, 'cancel', 'move'), drop: ['booking'] },
  // «чуть позже напишу» is no other time, «на полчаса позже» is no farewell
  { when: (found, plain) => found.has('later') && /напиш|позвон|отвеч|реш[уи]|определ|дум/u.test(plain), drop: ['move'] },
  { when: (found) => found.has('move'), drop: ['later'] },
  // «почему так дорого?» wants an answer, it turns nothing down
  { when: (found) => found.has('haggle'), drop: ['decline'] },
];

/** Everything a message asks for or expresses; several may hold at once. */
export const findIntents = remembered((text): ReadonlySet<Intent> => {
  const plain = normalise(text).replace(WHY_NOT, 'да');
  const found: Set<Intent> = new Set(INTENT_WORDS.filter(([, patterns]) => patterns.some((pattern) => pattern.test(plain))).map(([intent]) => intent));
  if (found.has('injection')) return new Set(['injection']); // whatever else it asks for is part of the same attempt
  for (const { when, drop } of CONFLICTS) if (when(found, plain)) for (const intent of drop) found.delete(intent);
  return found;
});
