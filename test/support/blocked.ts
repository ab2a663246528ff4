import { rowsOf, type Database } from '../../app/db/connect.ts';

/** Resolves once `count` backends of this database wait for a lock; that is an event, however long it takes. */
export const untilBlocked = async (db: Database, count: number): Promise<void> => {
  for (;;) {
    const [row] = await rowsOf<{ n: number }>(
      db.raw(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
    );
    if ((row?.n ?? 0) >= count) return;
  }
};
