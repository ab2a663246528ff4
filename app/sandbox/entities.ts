import type { MessageEntity } from 'grammy/types';

const FINDERS: readonly (readonly [MessageEntity.CommonMessageEntity['type'], RegExp])[] = [
  ['bot_command', /(?<![\w/])\/[a-z]\w{0,31}(?:@\w+)?/gi],
  ['mention', /(?<!\w)@\w{4,32}/g],
  ['url', /\bhttps?:\/\/[^\s<>"']{3,2048}/gi],
];

/** What Telegram itself marks in a text a person typed: commands (bots route on them), mentions, addresses. */
export const detectEntities = (text: string): MessageEntity[] =>
  FINDERS.flatMap(([type, finder]) => [...text.matchAll(finder)].map((match) => ({ type, offset: match.index, length: match[0].length }))).sort(
    (a, b) => a.offset - b.offset,
  );
