import type { Migration } from '../migration.ts';
import { initial } from './0001-initial.ts';
import { dialogue } from './0002-dialogue.ts';
import { replyIndex } from './0003-reply-index.ts';

/** Every migration of this release, oldest first. A released one is never edited. */
export const MIGRATIONS: readonly Migration[] = [initial, dialogue, replyIndex];
