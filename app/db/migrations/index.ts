import type { Migration } from '../migration.ts';
import { initial } from './0001-initial.ts';

/** Every migration of this release, oldest first. A released one is never edited. */
export const MIGRATIONS: readonly Migration[] = [initial];
