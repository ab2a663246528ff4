import type { Link, List, ListItem, Nodes, Parents, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { createRichTextBuilder, type EntityKind, type RichText, type RichTextBuilder } from './rich-text.ts';

// Constructs that would swallow or change what a model writes for people: indented prices, html, "&…;", "[…]: …" lines, underlined titles.
const DISABLED = ['codeIndented', 'htmlFlow', 'htmlText', 'characterReference', 'definition', 'setextUnderline'];

const LINK_PROTOCOL = /^(?:https?|tg|mailto|tel):/i;
const ADDRESS_PROTOCOL = /^(?:mailto|tel):/i;
const LANGUAGE = /^[A-Za-z][\w+#.-]{0,19}$/;
const MARKER = /^(?:\d+[.)]|[-*+])/;
const RULE = '———';

type Context = Readonly<{ source: string; out: RichTextBuilder; depth: number; inQuote: boolean; inBold: boolean }>;

const start = (node: Nodes): number => node.position?.start.offset ?? 0;
const end = (node: Nodes): number => node.position?.end.offset ?? 0;
const sourceOf = (node: Nodes, source: string): string => source.slice(start(node), end(node));

/** 2*3*4 is arithmetic: taking its stars away would join the numbers. */
const touchesNumber = (node: Nodes, source: string): boolean =>
  /\p{N}$/u.test(source.slice(Math.max(0, start(node) - 2), start(node))) || /^\p{N}/u.test(source.slice(end(node)));

const renderChildren = (node: { children: readonly PhrasingContent[] }, context: Context): void =>
  node.children.forEach((child) => renderInline(child, context));

const renderStyled = (node: Extract<PhrasingContent, { type: 'emphasis' | 'strong' }>, kind: EntityKind, context: Context): void => {
  if (touchesNumber(node, context.source)) {
    const first = node.children[0];
    const last = node.children.at(-1);
    context.out.append(context.source.slice(start(node), first ? start(first) : end(node)));
    renderChildren(node, context);
    if (last) context.out.append(context.source.slice(end(last), end(node)));
    return;
  }
  context.out.wrap(kind, () => renderChildren(node, context));
};

const renderStrong = (node: Extract<PhrasingContent, { type: 'strong' }>, context: Context): void => {
  if (context.inBold && !touchesNumber(node, context.source)) renderChildren(node, context);
  else renderStyled(node, { type: 'bold' }, { ...context, inBold: true });
};

const renderLink = (node: Link, context: Context): void => {
  const { out, source } = context;
  if (!LINK_PROTOCOL.test(node.url)) {
    out.append(sourceOf(node, source));
    return;
  }
  const before = out.length();
  out.wrap({ type: 'text_link', url: node.url }, () => {
    renderChildren(node, context);
    if (out.length() === before) out.append(node.url);
  });
  // Telegram drops links to phones and mailboxes that it cannot open: the address must stay readable
  const address = node.url.replace(ADDRESS_PROTOCOL, '');
  if (address !== node.url && !out.endsWith(address)) out.append(` (${address})`);
};

const renderInline = (node: PhrasingContent, context: Context): void => {
  const { out, source } = context;
  if (node.type === 'text') out.append(node.value);
  else if (node.type === 'break') out.append('\n');
  else if (node.type === 'inlineCode') out.wrap({ type: 'code' }, () => out.append(node.value));
  else if (node.type === 'emphasis') renderStyled(node, { type: 'italic' }, context);
  else if (node.type === 'strong') renderStrong(node, context);
  else if (node.type === 'link') renderLink(node, context);
  else out.append(sourceOf(node, source)); // images, and what no extension is loaded for
};

const renderCode = (node: Extract<RootContent, { type: 'code' }>, { out }: Context): void => {
  const info = [node.lang, node.meta].filter((part) => typeof part === 'string').join(' ');
  const language = LANGUAGE.test(info) ? info : undefined;
  const lines = language === undefined && info !== '' ? [info, node.value] : [node.value];
  out.wrap({ type: 'pre', ...(language === undefined ? {} : { language }) }, () => out.append(lines.filter((line) => line !== '').join('\n')));
};

/** The marker as it was written: the tree knows only a list's first number. */
const markerOf = (item: ListItem, source: string): string => {
  const written = MARKER.exec(sourceOf(item, source))?.[0] ?? '';
  return /^[-*]$/.test(written) ? '•' : written;
};

const renderItem = (item: ListItem, context: Context): void => {
  const { out, depth } = context;
  out.append(`${'  '.repeat(depth)}${markerOf(item, context.source)}`);
  if (item.children.length > 0) out.append(' ');
  renderBlocks(item, { ...context, depth: depth + 1 });
};

const renderQuote = (node: Extract<RootContent, { type: 'blockquote' }>, context: Context): void => {
  // Telegram's quotations do not nest
  if (context.inQuote) renderBlocks(node, context);
  else context.out.wrap({ type: 'blockquote' }, () => renderBlocks(node, { ...context, inQuote: true, depth: 0 }));
};

const renderBlock = (node: RootContent, context: Context): void => {
  const { out, source } = context;
  if (node.type === 'paragraph') renderChildren(node, context);
  else if (node.type === 'heading') out.wrap({ type: 'bold' }, () => renderChildren(node, { ...context, inBold: true }));
  else if (node.type === 'list') renderBlocks(node, context);
  else if (node.type === 'listItem') renderItem(node, context);
  else if (node.type === 'blockquote') renderQuote(node, context);
  else if (node.type === 'code') renderCode(node, context);
  else if (node.type === 'thematicBreak') out.append(RULE);
  else out.append(sourceOf(node, source));
};

/** Blocks keep the distance they were written with: on the next line, or behind one empty line. */
const renderBlocks = (parent: Parents | List, context: Context): void => {
  let previousLine: number | undefined;
  for (const child of parent.children as readonly RootContent[]) {
    if (previousLine !== undefined) context.out.append((child.position?.start.line ?? 0) - previousLine > 1 ? '\n\n' : '\n');
    renderBlock(child, context);
    previousLine = child.position?.end.line;
  }
};

// The parser's time grows with the square of nested containers and unmatched stars: 8 000 characters of "- - -" take 9 s (measured).
const MAX_LENGTH = 20_000;
const MAX_DELIMITERS = 1000;
const DEEP_CONTAINERS = /^(?:[^\S\n]*(?:[-*+>]|\d{1,9}[.)])){33}/m;

const isFormatting = (source: string): boolean =>
  source.length <= MAX_LENGTH && (source.match(/[*_]/g)?.length ?? 0) <= MAX_DELIMITERS && !DEEP_CONTAINERS.test(source);

/**
 * A model's Markdown as Telegram text and entities. Content never gets lost or renumbered: "14000 ₽ — покраска", "2019. Лада" and "2*3*4" stay as written;
 * bullets become "•", html, images and links to anything but http, https, tg, mailto, tel stay as text.
 * What is too long or too deep to be meant as formatting is returned as written.
 */
export const renderMarkdown = (markdown: string): RichText => {
  const source = markdown.replaceAll(/\r\n?/g, '\n');
  if (!isFormatting(source)) return { text: source, entities: [] };
  const tree = fromMarkdown(source, { extensions: [{ disable: { null: DISABLED } }] });
  const out = createRichTextBuilder();
  renderBlocks(tree, { source, out, depth: 0, inQuote: false, inBold: false });
  return out.build();
};
