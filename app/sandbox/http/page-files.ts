import { readdir, readFile } from 'node:fs/promises';

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;
const FOLDER = new URL('../page/', import.meta.url);

export type PageFile = Readonly<{ type: string; body: Buffer }>;

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
const isExtension = (text: string): text is keyof typeof TYPES => Object.hasOwn(TYPES, text);

/** The page's files, read once: nothing else of the disk can be asked for. */
export const loadPageFiles = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const names = (await readdir(FOLDER)).filter((name) => isExtension(extensionOf(name)));
  const entries = names.map(async (name): Promise<[string, PageFile]> => {
    const extension = extensionOf(name);
    const type = isExtension(extension) ? TYPES[extension] : 'application/octet-stream';
    return [name, { type, body: await readFile(new URL(name, FOLDER)) }];
  });
  return new Map(await Promise.all(entries));
};

/** Nothing from elsewhere, no inline code, no frames, no forms that leave. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
