/** Lower case, ё as е, one kind of space and dash; the same length as the input, so that offsets stay true. */
export const normalise = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replaceAll(/[\u00a0\u202f\t]/g, ' ')
    .replaceAll(/[‐‑–—]/g, '-');

const BEFORE = '(?<![\\p{L}\\p{N}])';
const AFTER = '(?![\\p{L}\\p{N}])';

/** Whole words; \b does not know Cyrillic. */
export const words = (pattern: string, flags = 'u'): RegExp => new RegExp(`${BEFORE}(?:${pattern})${AFTER}`, flags);

/** Words that begin so, with any ending. */
export const stems = (pattern: string, flags = 'u'): RegExp => new RegExp(`${BEFORE}(?:${pattern})\\p{L}*`, flags);

/** The text with every match replaced by as many spaces. */
export const blank = (text: string, pattern: RegExp): string => text.replaceAll(pattern, (match: string) => ' '.repeat(match.length));

export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
