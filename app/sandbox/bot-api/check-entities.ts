import type { MessageEntity } from 'grammy/types';
import { isRecord } from './arguments.ts';
import { badRequest } from './refusal.ts';

const PLAIN_TYPES: ReadonlySet<string> = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
]);
const LINK_PROTOCOLS = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:']);
const MAX_ENTITIES = 100;

type Range = Readonly<{ offset: number; length: number }>;

const readRange = (entity: Readonly<Record<string, unknown>>): Range => {
  const { offset, length } = entity;
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length))
    throw badRequest('can\'t parse MessageEntity: fields "offset" and "length" must be of type Number');
  return { offset: Number(offset), length: Number(length) };
};

const typed = (entity: Readonly<Record<string, unknown>>, range: Range): MessageEntity => {
  const { type, url, language } = entity;
  if (type === 'pre') return { type, ...range, ...(typeof language === 'string' ? { language } : {}) };
  if (type === 'text_link') {
    if (typeof url !== 'string' || !LINK_PROTOCOLS.has(URL.parse(url)?.protocol ?? '')) throw badRequest('entity URL is invalid: Wrong HTTP URL');
    return { type, ...range, url };
  }
  if (typeof type !== 'string' || !PLAIN_TYPES.has(type)) throw badRequest("can't parse MessageEntity: Unsupported type specified");
  return { type: type as MessageEntity.CommonMessageEntity['type'], ...range };
};

const checkRange = ({ offset, length }: Range, text: string): void => {
  const end = offset + length;
  if (offset < 0) throw badRequest(`entity begins before the start of the text at UTF-16 offset ${offset}`);
  if (offset >= text.length) throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  if (end > text.length) throw badRequest(`entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`);
  const splits = (at: number): boolean => at > 0 && at < text.length && /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
  if (splits(offset) || splits(end))
    throw badRequest(`entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at UTF-16 offset ${end}`);
};

/** Entities as the real server takes them: known types, inside the text, between whole characters; empty ones dropped, at most 100 kept. */
export const checkEntities = (value: unknown, text: string): MessageEntity[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest("can't parse entities JSON object: expected an Array");
  const entities = value.map((item: unknown) => {
    if (!isRecord(item)) throw badRequest("can't parse MessageEntity: expected an Object");
    return typed(item, readRange(item));
  });
  const real = entities.filter(({ length }) => length > 0);
  for (const entity of real) checkRange(entity, text);
  return real.slice(0, MAX_ENTITIES).sort((a, b) => a.offset - b.offset || b.length - a.length);
};
