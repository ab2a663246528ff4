import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../../app/kit/errors.ts';
import { type Conversation, conversationSchema } from './schema.ts';

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new Error(`not JSON: ${messageOf(error)}`, { cause: error });
  }
};

/** The conversations of one file's text; throws CONFIG_INVALID naming every bad line. */
export const parseConversations = (file: string, text: string): readonly Conversation[] => {
  const problems: string[] = [];
  const conversations = text.split('\n').flatMap((line, index) => {
    if (!line.trim() || line.startsWith('//')) return [];
    try {
      return [{ ...conversationSchema.parse(parseLine(line)), file: file.replace(/\.jsonl$/, '') }];
    } catch (error) {
      problems.push(`${file}:${index + 1}: ${error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)}`);
      return [];
    }
  });
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', problems.join('\n'));
  return conversations;
};

/** Every conversation of a folder, by file; throws CONFIG_INVALID for bad lines and for an id used twice. */
export const readConversations = async (dir: string): Promise<readonly Conversation[]> => {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort();
  const found = (await Promise.all(files.map(async (file) => parseConversations(file, await readFile(join(dir, file), 'utf8'))))).flat();
  const ids = found.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new AppError('CONFIG_INVALID', `ids used twice: ${twice.join(', ')}`);
  return found;
};
