import { createRichTextBuilder, type RichText, type RichTextBuilder } from './rich-text.ts';
import { MESSAGE_LIMIT } from './split.ts';

const MAX_TITLE = 256;
const MAX_LABEL = 64;
const MAX_VALUE = 400;
const MAX_FOOTER = 400;
const ELLIPSIS = '…';

// Overrides of the writing direction could make a customer's text read as one of our labels.
const DIRECTION_MARKS = /[\u202A-\u202E\u2066-\u2069]/g;
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F]/g;

const cut = (text: string, max: number): string => {
  if (text.length <= max) return text;
  const end = max - ELLIPSIS.length;
  const splitsPair = /[\uD800-\uDBFF]$/.test(text.slice(0, end));
  return text.slice(0, splitsPair ? end - 1 : end) + ELLIPSIS;
};

const clean = (text: string): string => text.replaceAll('\r\n', '\n').replace(DIRECTION_MARKS, '').replace(CONTROL, '').trim();
/** One line: a line break in a value could fake a label below it. */
const oneLine = (text: string, max: number): string => cut(clean(text).replace(/[^\S\u00a0]+/g, ' '), max);

const addLine = (builder: RichTextBuilder, label: string, value: string): void => {
  builder.append('\n');
  builder.wrap({ type: 'bold' }, () => builder.append(`${oneLine(label, MAX_LABEL)}:`));
  builder.append(` ${value}`);
};

type NoticeParts = Readonly<{
  title: string;
  lines: readonly (readonly [label: string, value: string])[];
  quote?: string | undefined;
  footer?: string | undefined;
}>;

/** A person as a notice names them: «Анна Петрова, @anna», or `otherwise` when neither is known. */
export const personOf = ({ name, username }: { name?: string | null; username?: string | undefined }, otherwise = 'имя не названо'): string =>
  [name, username && `@${username}`].filter(Boolean).join(', ') || otherwise;

/** Lines that still fit; a notice that drops the last ones is better than one Telegram refuses for ever. */
const addLines = (builder: RichTextBuilder, lines: NoticeParts['lines'], room: number): void => {
  for (const [label, text] of lines) {
    const value = oneLine(text, MAX_VALUE);
    if (value === '') continue;
    if (builder.length() + label.length + value.length + 4 > room) return;
    addLine(builder, label, value);
  }
};

const GAP = '\n\n';

/**
 * A notice for the managers' group: bold title and labels, the customer's words as a block quotation, no markup parsed anywhere.
 * Values become one line, empty ones are left out, control and direction characters removed. At most 4096 UTF-16 units: the quotation gives way first.
 */
export const buildNotice = (parts: NoticeParts): RichText => {
  const footer = oneLine(parts.footer ?? '', MAX_FOOTER);
  const room = MESSAGE_LIMIT - (footer === '' ? 0 : footer.length + GAP.length);
  const builder = createRichTextBuilder();
  builder.wrap({ type: 'bold' }, () => builder.append(oneLine(parts.title, MAX_TITLE)));
  addLines(builder, parts.lines, room);

  const quoteRoom = room - builder.length() - GAP.length;
  const quote = clean(parts.quote ?? '');
  if (quote !== '' && quoteRoom > ELLIPSIS.length) {
    builder.append(GAP);
    builder.wrap({ type: 'blockquote' }, () => builder.append(cut(quote, quoteRoom)));
  }
  if (footer !== '') builder.append(GAP + footer);
  return builder.build();
};
