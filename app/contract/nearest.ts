const FURTHEST = 2;

/** Edits (insert, delete, replace, swap of neighbours) between two short texts. */
export const editDistance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
};

/** The candidate that `name` is most likely a slip of, if one is at most two edits away. */
export const nearest = (name: string, candidates: readonly string[]): string | undefined => {
  const ranked = candidates
    .filter((candidate) => Math.abs(candidate.length - name.length) <= FURTHEST)
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .filter(({ edits }) => edits > 0 && edits <= FURTHEST);
  return ranked.sort((left, right) => left.edits - right.edits)[0]?.candidate;
};
