const FIELD = /^data:? ?(.*)$/s;

/** Splits what has come into whole lines and the rest. A lone \r at the end may be half of a \r\n, so it waits. */
const takeLines = (text: string): { lines: readonly string[]; rest: string } => {
  const parts = text.split(/\r\n|\n|\r(?!$)/);
  return { lines: parts.slice(0, -1), rest: parts.at(-1) ?? '' };
};

/**
 * Reads server-sent events from pieces of text (HTML standard, 9.2.6) and yields the data of each event.
 * Comments, other fields and empty events are skipped. What stands at the end without its blank line is yielded too: some servers
 * leave it out, and what was really cut off is no JSON.
 */
export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let data: string[] = [];
  const take = function* (line: string): Generator<string> {
    const field = FIELD.exec(line)?.[1];
    if (field !== undefined) data.push(field);
    if (line !== '' || data.length === 0) return;
    const event = data.join('\n');
    data = [];
    yield event;
  };
  for await (const piece of pieces) {
    const { lines, rest: more } = takeLines(rest + piece);
    rest = more;
    for (const line of lines) yield* take(line);
  }
  yield* take(rest.replace(/\r$/, ''));
  yield* take('');
}
