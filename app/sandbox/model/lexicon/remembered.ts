const SIZE = 500;

/** `read`, which looks at nothing but the text, with its latest answers kept: a dialogue is read from its beginning for each answer. */
export const remembered = <Value>(read: (text: string) => Value): ((text: string) => Value) => {
  const kept = new Map<string, Value>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const value = read(text);
    kept.set(text, value);
    const [oldest] = kept.size > SIZE ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    return value;
  };
};
