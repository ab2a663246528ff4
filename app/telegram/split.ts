import { type RichText, sliceRichText } from './rich-text.ts';

/** Telegram's limit for one text message after parsing, UTF-16 code units. */
export const MESSAGE_LIMIT = 4096;

const SURROGATE_PAIR_UNITS = 2;

// Where a text may be cut, the best places first; a cut lies behind the match.
const BREAKS = [/\n[^\S\n]*\n\s*/gu, /\n/gu, /[.!?…]+["»”)\]]*\s+/gu, /\s+/gu];

const endsOf = (pattern: RegExp, text: string): number[] => Array.from(text.matchAll(pattern), (match) => match.index + match[0].length);

const splitsPair = (text: string, at: number): boolean => {
  const before = text.charCodeAt(at - 1);
  const behind = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && behind >= 0xdc00 && behind <= 0xdfff;
};

/** Entities that fit into one message stay whole; longer ones have to be cut. */
const cutsEntity = ({ entities }: RichText, at: number, limit: number): boolean =>
  entities.some(({ offset, length }) => length <= limit && offset < at && at < offset + length);

const latest = (places: readonly number[], limits: { above: number; to: number }): number | undefined =>
  places.findLast((at) => at > limits.above && at <= limits.to);

/** A part shorter than this reads like a slip; a worse kind of place further on is better. */
const LEAST_SHARE = 0.3;

const findCut = (rich: RichText, limit: number): number => {
  const head = rich.text.slice(0, limit + 1);
  const allowed = (places: readonly number[]): number[] => places.filter((at) => !cutsEntity(rich, at, limit));
  const kinds = BREAKS.map((pattern) => endsOf(pattern, head));
  const borders = rich.entities.flatMap(({ offset, length }) => [offset, offset + length]).toSorted((a, b) => a - b);
  const hard = splitsPair(rich.text, limit) ? limit - 1 : limit;

  const choices: { places: readonly number[]; above: number }[] = [
    ...kinds.map((places) => ({ places: allowed(places), above: limit * LEAST_SHARE })),
    ...kinds.map((places) => ({ places: allowed(places), above: 0 })),
    { places: allowed(borders), above: 0 },
    { places: allowed([hard]), above: 0 },
    // only entities longer than a message are left, or entities that overlap in a chain
    ...kinds.map((places) => ({ places, above: limit * LEAST_SHARE })),
  ];
  for (const { places, above } of choices) {
    const at = latest(places, { above, to: limit });
    if (at !== undefined) return at;
  }
  return hard;
};

const rest = ({ text, entities }: RichText, from: number): RichText => sliceRichText({ text, entities }, from, text.length);

/**
 * Cuts a text into messages of at most `limitUtf16` code units (≥ 2): at a paragraph, else a line, a sentence, a word.
 * Never inside a surrogate pair, nor inside an entity that fits into one message; a longer entity continues in the next message.
 * White space at the cuts goes; nothing else does. Blank text gives no message.
 */
export const splitRichText = (rich: RichText, limitUtf16: number = MESSAGE_LIMIT): readonly RichText[] => {
  if (limitUtf16 < SURROGATE_PAIR_UNITS) throw new RangeError('a message must hold at least one character');
  const parts: RichText[] = [];
  let left = rest(rich, 0);
  while (left.text.length > limitUtf16) {
    const cut = findCut(left, limitUtf16);
    parts.push(sliceRichText(left, 0, cut));
    left = rest(left, cut);
  }
  if (left.text !== '') parts.push(left);
  return parts;
};
