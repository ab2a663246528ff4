import type { Incoming } from '../telegram/incoming.ts';

/** An open update of a lane, oldest first. `ageMs` and `quietMs` come from the database's clock. */
export type OpenUpdate = Readonly<{ seq: number; incoming: Incoming; ageMs: number }>;

export type BatchDecision = Readonly<{ kind: 'take'; updates: readonly OpenUpdate[] }> | Readonly<{ kind: 'wait'; waitMs: number }>;

export type AlbumTimes = Readonly<{ albumQuietMs: number; albumMaxMs: number }>;

const isBoundary = (update: OpenUpdate): boolean => update.incoming.kind === 'command';

const albumOf = (update: OpenUpdate): string | undefined => ('albumId' in update.incoming ? update.incoming.albumId : undefined);

// siblings of an album are separate updates, 5–11 s apart on slow uploads
const albumWaitMs = (batch: readonly OpenUpdate[], { albumQuietMs, albumMaxMs }: AlbumTimes): number => {
  const last = batch.findLast(({ incoming }) => incoming.kind !== 'ignored'); // the chatter of a group says nothing about an album in it
  const album = last && albumOf(last);
  if (!last || album === undefined) return 0;
  const first = batch.find((update) => albumOf(update) === album) ?? last;
  return Math.min(albumQuietMs - last.ageMs, albumMaxMs - first.ageMs);
};

/**
 * Which open updates the next turn answers together: everything up to a command, or a command alone.
 * Only an album whose last part is fresh makes the lane wait; nothing else is ever held back.
 */
export const decideBatch = (open: readonly OpenUpdate[], times: AlbumTimes): BatchDecision => {
  const first = open[0];
  if (first && isBoundary(first)) return { kind: 'take', updates: [first] };
  const boundary = open.findIndex(isBoundary);
  const batch = boundary === -1 ? open : open.slice(0, boundary);
  const waitMs = boundary === -1 ? albumWaitMs(batch, times) : 0;
  return waitMs > 0 ? { kind: 'wait', waitMs } : { kind: 'take', updates: batch };
};
