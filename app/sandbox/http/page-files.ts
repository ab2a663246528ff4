import { readFile } from 'node:fs/promises';

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;
const NAMES = [
  'index.html',
  'locked.html',
  'style.css',
  'chat.css',
  'main.js',
  'api.js',
  'column.js',
  'composer.js',
  'message.js',
  'entities.js',
  'parts.js',
  'tabs.js',
  'dom.js',
  'icon.svg',
] as const;

export type PageFile = Readonly<{ type: string; body: Buffer }>;

const isExtension = (text: string): text is keyof typeof TYPES => Object.hasOwn(TYPES, text);

/** The page's files, read once: nothing else of the disk can be asked for. */
export const loadPageFiles = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const entries = await Promise.all(
    NAMES.map(async (name): Promise<[string, PageFile]> => {
      const extension = name.slice(name.lastIndexOf('.') + 1);
      return [
        name,
        { type: isExtension(extension) ? TYPES[extension] : 'application/octet-stream', body: await readFile(new URL(`../page/${name}`, import.meta.url)) },
      ];
    }),
  );
  return new Map(entries);
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
