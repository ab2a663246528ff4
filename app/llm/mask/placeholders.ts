/** Text between two UTF-16 offsets that a placeholder stands for. Spans with equal `key` share one placeholder. */
export type Span = Readonly<{
  kind: Kind;
  start: number;
  end: number;
  key: string;
  /** What the placeholder is resolved to; the first one of a key counts. */ value: string;
}>;

/** `text`: somebody wrote what looks like a placeholder, and it must stay his words. */
type Kind = 'phone' | 'name' | 'text';

// Models write them with spaces, as entities or escaped for Markdown.
const EXACT = /(?:\\?<|&lt;)\s*(phone|name|text)\s*:\s*(\d{1,6})\s*(?:\\?>|&gt;)/gi;

// And they bend them: other brackets, none at all, Russian words, another sign before the number, an ending as if it were the name.
// Bounded repeats: a message of nothing but spaces must not cost seconds.
const KIND = 'phone|name|text|телефон|имя';
const BETWEEN = String.raw`[\s:：_#№=\\-]{0,4}`;
const ANGLED = String.raw`(?:\\?[<‹⟨]|&lt;)\s{0,3}\/?\s{0,3}(?<angled>${KIND})${BETWEEN}(?<angledAt>\d{1,6})(?!\d)(?:\s{0,3}\/?\s{0,3}(?:\\?[>›⟩\])}]|&gt;))?`;
const BOXED = String.raw`\\?[[{(]\s{0,3}(?<boxed>${KIND})${BETWEEN}(?<boxedAt>\d{1,6})\s{0,3}\\?[\])}>›]`;
const BARE = String.raw`(?<![\p{L}\d_])(?<bare>phone|name)(?:\s?:\s?|\\?_)(?<bareAt>\d{1,6})(?![\d_]|[\s-]?[\d(])`;
const ENDING = String.raw`(?:(?<ending>а|у|е|ы|и|ю|я|ой|ою|ей|ею|ом|ем|ём|ым|ого|ому)(?![\p{L}\d]))?`;
const BENT = new RegExp(`(?:${ANGLED}|${BOXED}|${BARE})${ENDING}`, 'giu');
/** What is left of one that cannot be read any more: «<name>», «[Имя клиента]». */
const DEBRIS =
  /[<‹]\s{0,3}\/?\s{0,3}(?:phone|name|телефон|имя)(?![\p{L}\d])[^>›\n]{0,60}[>›]?|[[{]\s{0,3}(?:phone|name|телефон|имя)(?![\p{L}\d])[^\]}\n]{0,30}[\]}]/giu;

const KINDS: Readonly<Record<string, Kind>> = { телефон: 'phone', имя: 'name', phone: 'phone', name: 'name', text: 'text' };

type Written = Readonly<{ placeholder: string; kind: Kind | undefined; ending: string }>;
const read = (groups: Readonly<Record<string, string | undefined>>): Written => {
  const kind = KINDS[(groups['angled'] ?? groups['boxed'] ?? groups['bare'] ?? '').toLowerCase()];
  const number = Number(groups['angledAt'] ?? groups['boxedAt'] ?? groups['bareAt']);
  return { placeholder: `<${kind}:${number}>`, kind, ending: groups['ending'] ?? '' };
};

const literals = (text: string, pattern: RegExp): Span[] =>
  [...text.matchAll(pattern)].map(({ 0: value, index }) => ({ kind: 'text', start: index, end: index + value.length, key: value, value }));

/** What a text itself holds of placeholders, before any is put in. */
export const findLiterals = (text: string): Span[] => literals(text, EXACT);

/** What would be read as a bent one. «phone: 8 912 …» is a phone before it is that. */
export const findBentLiterals = (text: string): Span[] => literals(text, BENT);

export type Resolved = Readonly<{
  text: string;
  /** Placeholders that stand for nothing, and what is left of others, as they were written. */
  unknown: readonly string[];
}>;

/** Numbers given in the order of first sight, and the way back. */
export const createPlaceholders = () => {
  const numbers = new Map<string, string>();
  const values = new Map<string, string>();
  const last = { phone: 0, name: 0, text: 0 };

  const placeholderOf = ({ kind, key, value }: Span): string => {
    const known = numbers.get(`${kind} ${key}`);
    if (known !== undefined) return known;
    const placeholder = `<${kind}:${++last[kind]}>`;
    numbers.set(`${kind} ${key}`, placeholder);
    values.set(placeholder, value);
    return placeholder;
  };

  return {
    /** The text with each span replaced; where spans overlap, the one given first counts. */
    put: (text: string, spans: readonly Span[]): string => {
      const taken: Span[] = [];
      for (const span of spans) if (!taken.some(({ start, end }) => span.start < end && start < span.end)) taken.push(span);
      const parts: string[] = [];
      let at = 0;
      for (const span of taken.toSorted((a, b) => a.start - b.start)) {
        parts.push(text.slice(at, span.start), placeholderOf(span));
        at = span.end;
      }
      return parts.join('') + text.slice(at);
    },
    /** One pass: what a placeholder stands for is never read again. A bent one is read where its number is known; an ending is dropped. */
    resolve: (text: string): Resolved => {
      const unknown: string[] = [];
      const resolved = text.replace(BENT, (...match: unknown[]) => {
        const written = String(match[0]);
        const { placeholder, kind, ending } = read(match.at(-1) as Record<string, string | undefined>);
        const value = values.get(placeholder);
        if (value === undefined) unknown.push(written);
        return value === undefined ? written : value + (kind === 'name' ? '' : ending);
      });
      return { text: resolved, unknown: [...unknown, ...(text.replace(BENT, '').match(DEBRIS) ?? [])] };
    },
  };
};
