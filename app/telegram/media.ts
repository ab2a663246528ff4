import type { Message } from 'grammy/types';

const MEDIA = ['photo', 'voice', 'audio', 'video', 'video_note', 'document', 'sticker', 'location', 'contact', 'animation', 'poll', 'dice'] as const;

/** What a message holds beside text; undefined for a service message (joined, pinned, auto-delete changed …), which has no content of a person. */
export const mediaOf = (message: Message): string | undefined => MEDIA.find((kind) => kind in message);

const area = ({ width, height }: { width: number; height: number }): number => width * height;

/** The file id of a photo's largest size. */
export const largestPhoto = ({ photo = [] }: Message): string | undefined => photo.toSorted((a, b) => area(b) - area(a))[0]?.file_id;
