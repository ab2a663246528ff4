import type { Incoming } from '../telegram/incoming.ts';
import type { TurnInput } from './turn.ts';

/** What the customer said with one message, or with the photos of one album, as it is stored and shown to the model. */
export type CustomerText = Readonly<{ messageId: number; text: string; edited: boolean }>;

type Photo = Extract<Incoming, { kind: 'photo' }>;

const MARKER = /^\[фото(?:: \d+)?\]\s*/;

/** The words of a stored text without the marker of its photos. */
export const wordsOf = (text: string): string => text.replace(MARKER, '');

const marked = (photos: number, caption: string): string => `[фото${photos > 1 ? `: ${photos}` : ''}]${caption === '' ? '' : ` ${caption}`}`;

// the message with the words is the one whose edit changes them
const albumText = (parts: ReadonlyMap<number, Photo>): CustomerText[] => {
  const photos = [...parts.values()];
  const captions = [...new Set(photos.map(({ caption }) => caption.trim()).filter((caption) => caption !== ''))];
  const edited = photos.some((photo) => photo.edited);
  const speaking = photos.find(({ caption }) => caption.trim() !== '') ?? photos[0];
  if (!speaking || (captions.length === 0 && photos.every((photo) => photo.edited))) return []; // a caption taken away says nothing new
  return [{ messageId: speaking.messageId, text: marked(photos.length, captions.join('; ')), edited }];
};

/** What the customer said in these updates, in order. A later text of the same message replaces an earlier one: it was corrected before we answered. */
export const customerTexts = (inputs: readonly TurnInput[]): readonly CustomerText[] => {
  const said = new Map<string, CustomerText | Map<number, Photo>>();
  for (const { incoming } of inputs) {
    if (incoming.kind === 'text' || incoming.kind === 'command') {
      const key = String(incoming.messageId);
      const edited = incoming.kind === 'text' && incoming.edited;
      said.set(key, { messageId: incoming.messageId, text: incoming.text, edited });
    }
    if (incoming.kind === 'photo') {
      const key = incoming.albumId === undefined ? String(incoming.messageId) : `album ${incoming.albumId}`;
      const parts = said.get(key);
      said.set(key, new Map(parts instanceof Map ? parts : []).set(incoming.messageId, incoming));
    }
  }
  return [...said.values()].flatMap((one) => (one instanceof Map ? albumText(one) : [one]));
};
