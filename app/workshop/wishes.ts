import { isAction, type Term } from './vocabulary.ts';

/** One wish of a message. */
export type Wish = Readonly<{
  /** What this part says itself. */
  own: readonly Term[];
  /** With the deed or the thing it shares with its neighbours: «покраска капота и крыла» means two paintings. */
  meant: readonly Term[];
  /** Its own words may be searched alone: nothing it lends from its neighbours belongs to it for sure. */
  ownSuffices: boolean;
}>;

const BREAK = /[.,;:!?\n+/()«»"]|\s[-–—]\s|(?<!\p{L})(?:и|или|либо|а|но|плюс|также|ещё|еще|потом|затем)(?!\p{L})/giu;

type Part = Readonly<{ terms: readonly Term[]; deeds: readonly Term[]; things: readonly Term[] }>;

const toPart = (terms: readonly Term[]): Part => ({ terms, deeds: terms.filter(isAction), things: terms.filter((term) => !isAction(term)) });

/** The nearest part that fits: `prefer` = where to look first. */
const nearest = (parts: readonly Part[], at: number, options: { prefer: 'before' | 'after'; fits: (part: Part) => boolean }): Part | undefined => {
  const before = parts.slice(0, at).findLast(options.fits);
  const behind = parts.slice(at + 1).find(options.fits);
  return options.prefer === 'before' ? (before ?? behind) : (behind ?? before);
};

const lendDeed = (parts: readonly Part[], at: number, { terms }: Part): Wish => {
  const lender = nearest(parts, at, { prefer: 'before', fits: (part) => part.deeds.length > 0 });
  return { own: terms, meant: [...terms, ...(lender?.deeds ?? [])], ownSuffices: false };
};

const lendThing = (parts: readonly Part[], at: number, { terms }: Part): Wish => {
  const lender = nearest(parts, at, { prefer: 'after', fits: (part) => part.things.length > 0 });
  const belongsToAnother = lender === undefined || lender.deeds.length > 0;
  return { own: terms, meant: [...terms, ...(lender?.things ?? [])], ownSuffices: belongsToAnother };
};

/** The wishes of a message in their order. `read` turns text into terms. */
export const splitWishes = (text: string, read: (text: string) => Term[]): Wish[] => {
  const parts = text
    .split(BREAK)
    .map((part) => toPart(read(part)))
    .filter(({ terms }) => terms.length > 0);
  return parts.map((part, at): Wish => {
    if (part.deeds.length === 0) return lendDeed(parts, at, part);
    if (part.things.length === 0) return lendThing(parts, at, part);
    return { own: part.terms, meant: part.terms, ownSuffices: false };
  });
};
