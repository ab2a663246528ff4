// PostgreSQL's text and jsonb refuse NUL (22021, 22P05) and JSON with lone surrogates (22P02).
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const NUL = /\0/g;
const REPLACEMENT = '\uFFFD';

/** The same text without NUL and lone surrogates, each replaced by U+FFFD; safe to write into any text or jsonb column. */
export const storableText = (text: string): string => text.replace(NUL, REPLACEMENT).replace(LONE_SURROGATE, REPLACEMENT);

/** `storableText` over every string of a JSON value, keys included. */
export const storableJson = <T>(value: T): T => {
  if (typeof value === 'string') return storableText(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => storableJson(item)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storableJson<unknown>(item)])) as T;
  }
  return value;
};
