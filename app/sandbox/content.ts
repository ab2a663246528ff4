import type { Message, PhotoSize } from 'grammy/types';
import { detectEntities } from './entities.ts';

export type Content = Readonly<{ kind: 'text'; text: string }> | Readonly<{ kind: 'photo'; caption: string | undefined }> | Readonly<{ kind: 'voice' }>;
export type ContentFields = Pick<Message, 'text' | 'entities' | 'photo' | 'voice' | 'caption' | 'caption_entities'>;

/** Telegram's letters for the sizes it makes of one picture, smallest first. */
const SIZES = { s: [90, 67, 1_412], m: [320, 240, 18_204], x: [800, 600, 74_611], y: [1_280, 960, 184_320] } as const;
const FILE_ID = /^(?:photo|voice)-(-?\d+)-(\d+)(?:-[smxy])?$/;

const photoSizes = (fileKey: string): PhotoSize[] =>
  Object.entries(SIZES).map(([letter, [width, height, fileSize]]) => ({
    file_id: `photo-${fileKey}-${letter}`,
    file_unique_id: `pu-${fileKey}-${letter}`,
    width,
    height,
    file_size: fileSize,
  }));

const withCaption = (caption: string | undefined): ContentFields => {
  if (!caption) return {};
  const entities = detectEntities(caption);
  return { caption, ...(entities.length ? { caption_entities: entities } : {}) };
};

/** What a person wrote, in the fields of Telegram's Message; `fileKey` is the chat and message of the files in it. */
export const contentFields = (content: Content, fileKey: string): ContentFields => {
  switch (content.kind) {
    case 'text': {
      const entities = detectEntities(content.text);
      return { text: content.text, ...(entities.length ? { entities } : {}) };
    }
    case 'photo':
      return { photo: photoSizes(fileKey), ...withCaption(content.caption) };
    case 'voice':
      return { voice: { file_id: `voice-${fileKey}`, file_unique_id: `vu-${fileKey}`, duration: 4, mime_type: 'audio/ogg', file_size: 18_204 } };
  }
};

/** The message a file was first sent in, by the file_id alone. */
export const originOfFile = (fileId: string): Readonly<{ chatId: number; messageId: number }> | undefined => {
  const [, chatId, messageId] = FILE_ID.exec(fileId) ?? [];
  return chatId && messageId ? { chatId: Number(chatId), messageId: Number(messageId) } : undefined;
};

/** Every file of a message as getFile knows it. */
export const filesOf = ({ photo = [], voice }: Message): Readonly<{ file_id: string; file_unique_id: string; file_size?: number }>[] => [
  ...photo,
  ...(voice ? [voice] : []),
];

/** Reply as Telegram shows it: the quoted message without its own quotation. */
export const asReplied = (message: Message): NonNullable<Message['reply_to_message']> => {
  const copy = { ...message };
  delete copy.reply_to_message;
  return copy as unknown as NonNullable<Message['reply_to_message']>; // the type wants the key present with undefined; on the wire it is absent
};
