import { h } from './dom.js';

const TAGS = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
};
const LINK_PROTOCOLS = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:']);

const link = (address, children) => {
  const url = URL.parse(address);
  return url && LINK_PROTOCOLS.has(url.protocol)
    ? h('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, ...children)
    : h('span', {}, ...children);
};

const wrap = (entity, text, children) => {
  if (entity.type === 'text_link') return link(entity.url, children);
  if (entity.type === 'url') return link(text, children);
  if (entity.type === 'spoiler') return h('span', { class: 'spoiler', tabindex: '0' }, ...children);
  const tag = TAGS[entity.type];
  return tag ? h(tag, {}, ...children) : h('span', {}, ...children);
};

const BLOCKS = new Set(['blockquote', 'expandable_blockquote', 'pre']);

/** A block makes its own lines: the line breaks around it would show as empty ones. */
const plain = (text, { start, end, afterBlock, beforeBlock }) => {
  const from = afterBlock && text[start] === '\n' ? start + 1 : start;
  const to = beforeBlock && end > from && text[end - 1] === '\n' ? end - 1 : end;
  return document.createTextNode(text.slice(from, to));
};

const build = (text, { start, end, entities }) => {
  const nodes = [];
  let at = start;
  let afterBlock = false;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) continue;
    const isBlock = BLOCKS.has(entity.type);
    if (from > at) nodes.push(plain(text, { start: at, end: from, afterBlock, beforeBlock: isBlock }));
    const inner = entities.slice(index + 1).filter((other) => other.offset < to);
    nodes.push(wrap(entity, text.slice(from, to), build(text, { start: from, end: to, entities: inner })));
    at = to;
    afterBlock = isBlock;
  }
  if (at < end) nodes.push(plain(text, { start: at, end, afterBlock, beforeBlock: false }));
  return nodes;
};

/** Text with Telegram's entities as DOM nodes; offsets are UTF-16, as JavaScript's own. */
export const renderEntities = (text, entities = []) => {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, { start: 0, end: text.length, entities: sorted });
};
