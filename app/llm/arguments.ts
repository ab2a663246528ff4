type Schema = Readonly<{ type?: unknown; properties?: Readonly<Record<string, Schema>>; required?: readonly string[]; items?: Schema }>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const NOTHING = /^\s*(?:null|none|undefined|n\/a)?\s*$/i;

/** Models fill what they do not know instead of leaving it out. */
const isNothing = (value: unknown): boolean => value === null || value === undefined || (typeof value === 'string' && NOTHING.test(value));

const WHOLE = /^\s*(\d+(?:[ \u00a0\u202f]\d{3})*)(?:[.,]0+)?\s*(?:₽|руб\p{L}*\.?|р\.|г\.?|год)?\s*$/u;

const toNumber = (value: unknown): unknown => {
  const digits = typeof value === 'string' ? WHOLE.exec(value)?.[1] : undefined;
  return digits === undefined ? value : Number(digits.replaceAll(/\D/g, ''));
};

const toObject = (value: unknown, { properties = {} }: Schema): unknown => {
  const object = typeof value === 'string' ? parse(value) : value;
  if (!isObject(object)) return value;
  const known = Object.entries(object).filter(([key, item]) => Object.hasOwn(properties, key) && !isNothing(item));
  const fitted = known.map(([key, item]) => [key, fit(item, properties[key] ?? {})] as const);
  return Object.fromEntries(fitted.filter(([, item]) => !(isObject(item) && Object.keys(item).length === 0)));
};

const toArray = (value: unknown, { items = {} }: Schema): unknown => {
  const parsed = typeof value === 'string' ? parse(value) : value;
  const list = Array.isArray(parsed) ? parsed : [value];
  return list.filter((item) => !isNothing(item)).map((item) => fit(item, items));
};

const FITS: Readonly<Record<string, (value: unknown, schema: Schema) => unknown>> = {
  object: toObject,
  array: toArray,
  integer: toNumber,
  number: toNumber,
  string: (value) => (typeof value === 'number' ? String(value) : value),
};

const fit = (value: unknown, schema: Schema): unknown => FITS[String(schema.type)]?.(value, schema) ?? value;

/**
 * Arguments as real models write them, made to fit their schema where the meaning is plain: null and '' are left out, numbers in quotes
 * are numbers, a list of one may come without its brackets. What does not fit stays as it is, for the check to refuse.
 */
export const fitArguments = (argumentsJson: string, schema: Schema): unknown => {
  const parsed = argumentsJson.trim() === '' ? {} : parse(argumentsJson);
  const value = typeof parsed === 'string' ? (parse(parsed) ?? parsed) : parsed; // encoded twice
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return fit(isEmpty ? {} : value, { type: 'object', ...schema });
};
