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

const build = (text, { start, end, entities }) => {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) continue;
    if (from > at) nodes.push(document.createTextNode(text.slice(at, from)));
    const inner = entities.slice(index + 1).filter((other) => other.offset < to);
    nodes.push(wrap(entity, text.slice(from, to), build(text, { start: from, end: to, entities: inner })));
    at = to;
  }
  if (at < end) nodes.push(document.createTextNode(text.slice(at, end)));
  return nodes;
};

/** Text with Telegram's entities as DOM nodes; offsets are UTF-16, as JavaScript's own. */
export const renderEntities = (text, entities = []) => {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, { start: 0, end: text.length, entities: sorted });
};
