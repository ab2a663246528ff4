import type { MessageEntity } from 'grammy/types';

/** What Telegram shows: plain text and entities whose offsets and lengths count UTF-16 code units. */
export type RichText = Readonly<{ text: string; entities: readonly MessageEntity[] }>;

/** An entity that lacks only its place. */
export type EntityKind = MessageEntity extends infer E ? (E extends MessageEntity ? Omit<E, 'offset' | 'length'> : never) : never;

export type RichTextBuilder = Readonly<{
  length: () => number;
  endsWith: (text: string) => boolean;
  append: (text: string) => void;
  /** Everything appended by `content` becomes one entity; nothing appended, no entity. */
  wrap: (kind: EntityKind, content: () => void) => void;
  build: () => RichText;
}>;

const withPlace = (kind: EntityKind, place: { offset: number; length: number }): MessageEntity => ({ ...kind, ...place });

/** Entities come out in the order Telegram documents: by offset, the longer one first. */
export const createRichTextBuilder = (): RichTextBuilder => {
  let text = '';
  const entities: MessageEntity[] = [];
  return {
    length: () => text.length,
    endsWith: (end) => text.endsWith(end),
    append: (more) => {
      text += more;
    },
    wrap: (kind, content) => {
      const offset = text.length;
      content();
      // Telegram drops entities over white space only
      if (text.slice(offset).trim() !== '') entities.push(withPlace(kind, { offset, length: text.length - offset }));
    },
    build: () => ({ text, entities: entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length) }),
  };
};

const clip = (entity: MessageEntity, start: number, end: number): MessageEntity => {
  const from = Math.max(entity.offset, start);
  const to = Math.min(entity.offset + entity.length, end);
  return { ...entity, offset: from - start, length: Math.max(0, to - from) };
};

/** The part [start, end) without white space at its ends; entities are cut to it, empty ones dropped. */
export const sliceRichText = ({ text, entities }: RichText, start: number, end: number): RichText => {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  const kept = part.trim();
  const inside = entities
    .map((entity) => clip(entity, from, from + kept.length))
    .filter(({ offset, length }) => kept.slice(offset, offset + length).trim() !== '');
  return { text: kept, entities: inside };
};
