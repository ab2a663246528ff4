import { plain } from './rules.ts';
import type { Wanted } from './schema.ts';

const REGEX = /^\/(.+)\/$/s;

/** «/…/» as a regular expression, else contained in any case; spaces of every kind are one. */
export const contains = (text: string, wanted: string): boolean => {
  const pattern = REGEX.exec(wanted)?.[1];
  const own = plain(text);
  return pattern === undefined ? own.toLowerCase().includes(plain(wanted).toLowerCase()) : new RegExp(pattern, 'isu').test(own);
};

const matches = (text: string, wanted: Wanted): boolean => [wanted].flat().some((one) => contains(text, one));

/** What of a list is missing in a text, in words. */
export const missingIn = (text: string, wanted: readonly Wanted[] = []): readonly string[] =>
  wanted.filter((item) => !matches(text, item)).map((item) => `lacks ${[item].flat().join(' or ')}`);

/** What of a list stands in a text although it must not. */
export const forbiddenIn = (text: string, forbidden: readonly string[] = []): readonly string[] =>
  forbidden.filter((item) => contains(text, item)).map((item) => `holds ${item}, which it must not`);
