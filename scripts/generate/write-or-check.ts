import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Generated } from './generated.ts';

const FORMATTED = /\.(?:md|json|ya?ml|ts)$/;

// Formatted here, or the formatter's own check would object to what the generator wrote.
const buildText = async (root: string, { path, build }: Generated): Promise<string> => {
  const text = await build();
  if (!FORMATTED.test(path)) return text;
  return format(text, { ...(await resolveConfig(join(root, 'package.json'))), filepath: path });
};

const readOrEmpty = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Brings the files up to date, or with `check` only looks; returns the paths that differed. */
export const writeOrCheck = async (files: readonly Generated[], { root, check }: { root: string; check: boolean }): Promise<readonly string[]> => {
  const differing: string[] = [];
  for (const file of files) {
    const target = join(root, file.path);
    const text = await buildText(root, file);
    if ((await readOrEmpty(target)) === text) continue;
    differing.push(file.path);
    if (check) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  return differing;
};
