import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { failed, type Parsed, type Problem } from './problems.ts';

type Source = Readonly<{ file: string; text: string }>;
type Path = readonly PropertyKey[];

/** The line of the value at `path`, or of the nearest thing around it that exists. */
const lineAt = (document: Document, lines: LineCounter, path: Path): number => {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
};

const nameOf = (path: Path): string => path.map(String).join('.') || 'the file';

const syntaxProblems = (file: string, document: Document, lines: LineCounter): Problem[] =>
  [...document.errors, ...document.warnings].map(({ message, pos }) => ({ file, line: lines.linePos(pos[0]).line, expected: message }));

/** Reads YAML 1.2 against a schema. Problems carry the line; aliases are refused, so that no small file grows without bound. */
export const parseYaml = <T>({ file, text }: Source, schema: z.ZodType<T>): Parsed<T> => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = syntaxProblems(file, document, lines);
  if (syntax.length > 0) return failed(syntax);

  const read = readValue(document);
  if (!read.ok) return failed([{ file, line: 1, expected: read.why }]);
  const result = schema.safeParse(read.value);
  if (result.success) return { ok: true, value: result.data };
  return failed(result.error.issues.map(({ path, message }) => ({ file, line: lineAt(document, lines, path), expected: `${nameOf(path)}: ${message}` })));
};

const readValue = (document: Document): { ok: true; value: unknown } | { ok: false; why: string } => {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 0 }) };
  } catch (error) {
    return { ok: false, why: `plain YAML without aliases (${error instanceof Error ? error.message : String(error)})` };
  }
};
