import { badRequest } from './refusal.ts';

/** Arguments of a method as they came: JSON values, or strings of a form or query. */
export type Arguments = Readonly<Record<string, unknown>>;

export const readString = (args: Arguments, name: string): string | undefined => {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badRequest(`parameter "${name}" must be a string`);
};

export const readInteger = (args: Arguments, name: string): number | undefined => {
  const text = readString(args, name);
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,16}$/.test(text)) throw badRequest(`parameter "${name}" must be a number`);
  return Number(text);
};

export const readBoolean = (args: Arguments, name: string): boolean => ['true', '1', 'yes'].includes(readString(args, name)?.toLowerCase() ?? '');

/** A JSON value: as it is in a JSON body, parsed from text in a form. */
export const readJson = (args: Arguments, name: string): unknown => {
  const value = args[name];
  if (typeof value !== 'string') return value ?? undefined;
  if (value === '') return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw badRequest(`can't parse ${name} JSON object`);
  }
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

export const readStringList = (args: Arguments, name: string): readonly string[] | undefined => {
  const value = readJson(args, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
    throw badRequest(`can't parse "${name}": expected an Array of String`);
  return value;
};
