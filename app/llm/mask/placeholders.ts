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
const PLACEHOLDER = /(?:\\?<|&lt;)\s*(phone|name|text)\s*:\s*(\d{1,6})\s*(?:\\?>|&gt;)/gi;
/** What is left of one that the model has bent beyond recognition. */
const DEBRIS = /<\s*\/?\s*(?:phone|name)\b[^>\n]*>?|(?<![\p{L}\d])(?:phone|name)\s?:\s?\d+|[[{(]\s*(?:phone|name)[\s:_#-]*\d+\s*[\])}]/giu;

/** What a text itself holds of placeholders, before any is put in. */
export const findLiterals = (text: string): Span[] =>
  [...text.matchAll(PLACEHOLDER)].map(({ 0: value, index }) => ({ kind: 'text', start: index, end: index + value.length, key: value, value }));

export type Resolved = Readonly<{
  text: string;
  /** Placeholders that stand for nothing, as they were written. */
  unknown: readonly string[];
  debris: readonly string[];
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
    /** One pass: what a placeholder stands for is never read again. */
    resolve: (text: string): Resolved => {
      const unknown: string[] = [];
      const resolved = text.replace(PLACEHOLDER, (written: string, kind: string, number: string) => {
        const value = values.get(`<${kind.toLowerCase()}:${Number(number)}>`);
        if (value === undefined) unknown.push(written);
        return value ?? written;
      });
      return { text: resolved, unknown, debris: text.replace(PLACEHOLDER, '').match(DEBRIS) ?? [] };
    },
  };
};
