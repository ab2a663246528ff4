import type { TurnInput } from '../lanes/turn.ts';
import type { Incoming } from '../telegram/incoming.ts';

type GroupMessage = Extract<Incoming, { kind: 'group' }>;

/** One message of a manager's that is addressed to the bot, or one album as a whole. `edited`: its first version belongs to an earlier turn. */
export type Letter = GroupMessage & Readonly<{ photos: readonly string[] }>;

const join = (parts: readonly GroupMessage[]): Letter[] => {
  const [first] = parts;
  if (!first) return [];
  const texts = parts.map(({ text }) => text).filter((text) => text !== '');
  const photos = parts.flatMap(({ photo }) => photo ?? []);
  return [{ ...first, text: texts.join('\n'), photos, otherMedia: parts.some(({ otherMedia }) => otherMedia) }];
};

/** The letters of a turn in order; a version corrected before it was read replaces the first one. */
export const lettersOf = (inputs: readonly TurnInput[]): readonly Letter[] => {
  const versions = new Map<number, GroupMessage>();
  for (const { incoming } of inputs) {
    if (incoming.kind !== 'group') continue;
    const first = versions.get(incoming.messageId);
    versions.set(incoming.messageId, first ? { ...incoming, edited: first.edited } : incoming);
  }
  const albums = Map.groupBy(versions.values(), ({ albumId, messageId }) => albumId ?? messageId);
  return [...albums.values()].flatMap(join);
};

/** How a letter stands in the customer's dialogue. */
export const storedText = ({ photos, text }: Letter): string => {
  const marker = photos.length === 0 ? '' : `[фото${photos.length > 1 ? `: ${photos.length}` : ''}]`;
  return [marker, text].filter((part) => part !== '').join(' ');
};
