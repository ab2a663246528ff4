import { z } from 'zod';
import { PUBLIC_PATHS } from './endpoints.ts';

/** One kind of value: the schema that reads it from text and the words that say what it must be. */
export type Kind<T> = Readonly<{ expects: string; schema: z.ZodType<T, string> }>;

const REFUSED = Symbol('refused');

const kind = <T>(expects: string, parse: (text: string) => T | typeof REFUSED): Kind<T> => ({
  expects,
  schema: z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== REFUSED) return value;
    context.addIssue({ code: 'custom', message: expects });
    return z.NEVER;
  }),
});

const matching = (expects: string, pattern: RegExp): Kind<string> => kind(expects, (text) => (pattern.test(text) ? text : REFUSED));

const readNumber = (pattern: RegExp, { min, max }: Bounds) => {
  return (text: string): number | typeof REFUSED => {
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : REFUSED;
  };
};

type Bounds = Readonly<{ min: number; max: number }>;
const WHOLE = /^-?\d{1,16}$/;
const DECIMAL = /^\d{1,9}(?:\.\d{1,6})?$/;
const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

export const wholeNumber = (bounds: Bounds): Kind<number> => kind(`a whole number from ${bounds.min} to ${bounds.max}`, readNumber(WHOLE, bounds));
export const decimal = (bounds: Bounds): Kind<number> => kind(`a number from ${bounds.min} to ${bounds.max}`, readNumber(DECIMAL, bounds));

// Node fires a timer beyond 2^31 ms at once, so what may become a timer ends well below.
/** A duration that makes sense only above zero. */
export const durationMs = kind(`milliseconds from 1 to ${DAY_MS}`, readNumber(WHOLE, { min: 1, max: DAY_MS }));
/** A duration that may be switched off by 0. */
export const pauseMs = kind(`milliseconds from 0 to ${DAY_MS}`, readNumber(WHOLE, { min: 0, max: DAY_MS }));
/** How long something is kept; used in SQL only, never as a timer. */
export const retentionMs = kind(`milliseconds from 1 to ${YEAR_MS}`, readNumber(WHOLE, { min: 1, max: YEAR_MS }));
/** A ladder of durations. */
export const durationListMs = kind('1 to 10 durations in milliseconds, separated by commas', (text) => {
  const items = text.split(',').map((item) => readNumber(WHOLE, { min: 1, max: DAY_MS })(item.trim()));
  const numbers = items.filter((item) => item !== REFUSED);
  return numbers.length === items.length && numbers.length <= 10 ? numbers : REFUSED;
});

export const port = kind('a port from 1 to 65535, or 0 for any free one', readNumber(WHOLE, { min: 0, max: 65_535 }));
export const host = matching('an address or host name to listen on', /^[A-Za-z0-9.:_-]{1,253}$/);
export const filePath = matching('a path', /^[^\0\r\n]{1,4096}$/);
export const word = matching('letters, digits and . _ : / - (at most 200)', /^[A-Za-z0-9._:/-]{1,200}$/);

export const oneOf = <const T extends string>(choices: readonly T[]): Kind<T> =>
  kind(`one of ${choices.join(' | ')}`, (text) => choices.find((choice) => choice === text) ?? REFUSED);

/** An id of a chat; group ids are negative. */
export const chatId = kind('a chat id: a whole number, negative for groups', (text) => {
  const value = WHOLE.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) && value !== 0 ? value : REFUSED;
});

// Telegram accepts one character; such a secret is guessed.
export const webhookSecret = matching('16 to 256 characters of A-Z a-z 0-9 _ -', /^[A-Za-z0-9_-]{16,256}$/);
export const botToken = matching('a bot token as @BotFather prints it: digits, a colon, at least 30 characters', /^\d{6,15}:[A-Za-z0-9_-]{30,100}$/);
export const apiKey = matching('1 to 500 printable characters without spaces', /^[\x21-\x7e]{1,500}$/);
export const hashKey = matching('at least 16 printable characters without spaces (openssl rand -hex 32)', /^[\x21-\x7e]{16,500}$/);

const readUrl = (text: string): URL | undefined => (/\s/.test(text) ? undefined : (URL.parse(text) ?? undefined));

export const postgresUrl = kind('postgresql://user:password@host:5432/database', (text) => {
  const url = readUrl(text);
  return url && ['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1 ? text : REFUSED;
});

/** Base of an API, kept without its trailing slash so that paths can be appended. Credentials belong into their own variables. */
export const baseUrl = kind('an http(s) URL without credentials, query and fragment', (text) => {
  const url = readUrl(text);
  const plain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain ? text.replace(/\/+$/, '') : REFUSED;
});

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
// Telegram connects only to these ports, and only with TLS; a local Bot API server may use plain HTTP.
const TELEGRAM_PORTS = ['', '443', '80', '88', '8443'];

export const webhookUrl = kind(
  `an https URL on port 443, 80, 88 or 8443 (plain http only for this machine itself) that ends in ${PUBLIC_PATHS.webhook}`,
  (text) => {
    const url = readUrl(text);
    if (!url || url.username !== '' || url.password !== '' || url.hash !== '') return REFUSED;
    const reachable = url.protocol === 'https:' && TELEGRAM_PORTS.includes(url.port);
    const local = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
    // Any other path is a 404 to Telegram, which nobody sees until customers complain.
    const answered = url.pathname.endsWith(PUBLIC_PATHS.webhook);
    return answered && (reachable || local) ? text : REFUSED;
  },
);
