/** What is wrong with a workshop's content; collected, so that an author repairs a file in one go. */
export type Problem = Readonly<{ file: string; line?: number | undefined; expected: string }>;

/** A parser's outcome: a value, or at least one problem. */
export type Parsed<T> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; problems: readonly Problem[] }>;

export const failed = (problems: readonly Problem[]): Parsed<never> => ({ ok: false, problems });

/** "prices.csv:7: class1 must be …" */
export const describeProblem = ({ file, line, expected }: Problem): string => `${file}${line === undefined ? '' : `:${line}`}: ${expected}`;
