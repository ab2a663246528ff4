import type { Outgoing } from '../telegram/client.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { splitRichText } from '../telegram/split.ts';

/**
 * Version of `outbox.payload`; counts as schema, since another release may send the row. An optional field more is the same version: who does
 * not know it sends the text alone, and takes an empty text for a cancelled message, so a row with photos always has one. Another version
 * would make such a release wait before the row, and everything behind it in the managers' group with it.
 */
export const PAYLOAD_FORMAT = 1;

/** What is stored of a message. `about` names the customer's chat that it tells of, where the turn that wrote it is not that customer's. */
export type Payload = Outgoing & Readonly<{ about?: number }>;

const CAPTION_LIMIT = 1024;
const ALBUM_LIMIT = 10;
const NO_CAPTION: RichText = { text: 'Фото', entities: [] };

const inAlbums = (photos: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(photos.length / ALBUM_LIMIT) }, (_, index) => photos.slice(index * ALBUM_LIMIT, (index + 1) * ALBUM_LIMIT));

export type Parts = Readonly<{ text: RichText; photos?: readonly string[]; replyTo?: number | undefined; about?: number | undefined }>;

/** A message as the rows it takes: albums of at most ten, and a text that is no caption any more behind its photos. */
export const toPayloads = ({ text, photos = [], replyTo, about }: Parts): readonly Payload[] => {
  const more = { ...(replyTo === undefined ? {} : { replyTo }), ...(about === undefined ? {} : { about }) };
  if (photos.length === 0) return [{ ...text, ...more }];
  const fits = text.text.length <= CAPTION_LIMIT;
  const caption = fits && text.text !== '' ? text : NO_CAPTION;
  const albums = inAlbums(photos).map((album, index) => ({ ...(index === 0 ? caption : NO_CAPTION), photos: album, ...more }));
  return fits ? albums : [...albums, ...splitRichText(text).map((part) => ({ ...part, ...more }))];
};
