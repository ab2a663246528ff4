const HIDDEN = '[redacted]';

// Order matters: a URL's password first, or its "@" would be lost to another rule. Every repetition that can start anywhere is
// bounded: an open one took nine minutes for a million letters.
const RULES: readonly (readonly [pattern: RegExp, replacement: string | ((match: string) => string)])[] = [
  [/:\/\/[^\s"'<>]{1,1000}@/g, `://${HIDDEN}@`],
  [/(?:bot)?\d{6,20}(?::|%3A)[A-Za-z0-9_-]{30,}/gi, '[bot token]'],
  [/\bsk-[A-Za-z0-9_-]{8,}/g, '[api key]'],
  [/\b(Bearer|Basic)(\s{1,5})[^\s"',;]+/gi, `$1$2${HIDDEN}`],
  [/(x-telegram-bot-api-secret-token["']?\s{0,5}[:=,]\s{0,5}["']?)[^\s"',;]+/gi, `$1${HIDDEN}`],
  [/((?:token|secret|password|passwd|pwd|api[_-]?key)["']?=["']?)[^\s"',;&]+/gi, `$1${HIDDEN}`],
  [/((?<![A-Za-z0-9_])(?:token|secret|password|passwd|pwd|api[_-]?key)["']?:\s{0,5}["']?)[^\s"',;&]+/gi, `$1${HIDDEN}`],
  [/(?<!\d)[2-6](?:[ -]?\d){14,18}(?!\d)/g, (digits) => (isCard(digits) ? '[card]' : digits)],
  // A trace id is hexadecimal and may hold eleven digits in a row: it is matched first and kept.
  [/\b(?=\d{0,64}[a-f])[0-9a-f]{16,64}\b|(?<!\d)(?:\+?7|8)[\s().-]{0,5}\d{3}(?:[\s().-]{0,5}\d){7}(?!\d)/g, (match) => (HEX.test(match) ? match : '[phone]')],
  [/\+\d(?:[\s().-]{0,5}\d){8,14}(?!\d)/g, '[phone]'],
  [/(?<!\d)9\d{2}[\s().-]{0,5}\d{3}[\s.-]{0,5}\d{2}[\s.-]{0,5}\d{2}(?!\d)/g, '[phone]'],
];

const HEX = /^[0-9a-f]{16,}$/;
const SECRET_FIELD = /token|secret|password|passwd|authorization|api_?key|cookie/i;
const LONGEST_TEXT = 8_192;
const LONGEST_INPUT = 65_536;
// Longer than any secret: what stands this close to a cut may be half of one, which no rule knows.
const UNSURE_END = 1_000;
// A secret of three letters would blank them in every word, and what a log still says would tell the secret.
const SHORTEST_EXACT = 6;
const DEEPEST = 8;
const MOST_ITEMS = 200;

/** Luhn's check digit: tells a card from any other long number. */
const isCard = (text: string): boolean => {
  const digits = Array.from(text.matchAll(/\d/g), ([digit]) => Number(digit)).reverse();
  const sum = digits.reduce((total, digit, index) => total + (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return digits.length >= 15 && sum % 10 === 0;
};

export type Redactor = Readonly<{ text: (text: string) => string; fields: (fields: Record<string, unknown>) => Record<string, unknown> }>;

/**
 * Blanks credentials, phones and card numbers in anything that is about to be logged: values, names of fields, errors with their causes.
 * `secrets` of at least 6 characters are blanked wherever they stand, whatever they look like. The result is plain data of bounded depth and breadth.
 */
export const createRedactor = (secrets: readonly string[] = []): Redactor => {
  const unmistakable = secrets.filter((secret) => secret.length >= SHORTEST_EXACT);
  const exact = [...new Set(unmistakable.flatMap((secret) => [secret, encodeURIComponent(secret)]))].sort((a, b) => b.length - a.length);

  const text = (input: string): string => {
    const withoutExact = exact.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), input.slice(0, LONGEST_INPUT));
    const clean = RULES.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement as string), withoutExact);
    const sure = input.length > LONGEST_INPUT ? clean.slice(0, -UNSURE_END) : clean;
    return input.length > LONGEST_INPUT || sure.length > LONGEST_TEXT ? `${sure.slice(0, LONGEST_TEXT)}… (${input.length} characters)` : sure;
  };

  const error = (thrown: Error, depth: number): Record<string, unknown> => ({
    type: text(thrown.name),
    ...('code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number') ? { code: value(thrown.code, depth) } : {}),
    message: text(thrown.message),
    ...(thrown.stack === undefined ? {} : { stack: text(thrown.stack) }),
    ...(thrown.cause === undefined ? {} : { cause: value(thrown.cause, depth + 1) }),
    ...(thrown instanceof AggregateError ? { errors: value(thrown.errors, depth + 1) } : {}),
  });

  const number = (input: number | bigint): unknown => {
    const digits = String(input);
    const clean = digits.length >= 11 ? text(digits) : digits;
    if (clean !== digits) return clean;
    return typeof input === 'bigint' ? digits : input;
  };

  const fields = (input: object, depth = 0): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(input)
        .slice(0, MOST_ITEMS)
        .map(([name, item]) => [
          text(name),
          SECRET_FIELD.test(name) && (typeof item === 'string' || typeof item === 'object') ? HIDDEN : value(item, depth + 1),
        ]),
    );

  const structure = (input: object, depth: number): unknown => {
    if (depth > DEEPEST) return '[deep]';
    if (input instanceof Error) return error(input, depth);
    if (input instanceof Date) return Number.isNaN(input.getTime()) ? 'invalid date' : input.toISOString();
    if (ArrayBuffer.isView(input)) return `[${input.byteLength} bytes]`;
    if (input instanceof Map) return value([...input.entries()], depth);
    if (Array.isArray(input) || input instanceof Set) return [...(input as Iterable<unknown>)].slice(0, MOST_ITEMS).map((item) => value(item, depth + 1));
    if (input instanceof URL) return text(input.href);
    return fields(input, depth);
  };

  const value = (input: unknown, depth: number): unknown => {
    switch (typeof input) {
      case 'string':
        return text(input);
      case 'number':
      case 'bigint':
        return number(input);
      case 'object':
        return input === null ? null : structure(input, depth);
      case 'boolean':
      case 'undefined':
        return input;
      case 'function':
      case 'symbol':
        return `[${typeof input}]`;
    }
  };

  return { text, fields: (input) => fields(input) };
};
