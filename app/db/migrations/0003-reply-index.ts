import type { Migration } from '../migration.ts';

/** Finds whose notice a manager replies to, and the notices about a customer that no turn of theirs has written. */
export const replyIndex: Migration = {
  version: 3,
  name: 'reply-index',
  phase: 'expand',
  minReader: 1,
  outsideTransaction: true,
  statements: [
    `DROP INDEX CONCURRENTLY IF EXISTS outbox_message`, // a killed build leaves an invalid index of that name
    `CREATE INDEX CONCURRENTLY outbox_message ON outbox (bot_id, message_id) WHERE message_id IS NOT NULL AND kind IN ('notice', 'relay')`,
    `DROP INDEX CONCURRENTLY IF EXISTS outbox_about`,
    `CREATE INDEX CONCURRENTLY outbox_about ON outbox (bot_id, ((payload->>'about')::bigint)) WHERE kind = 'notice' AND (payload->>'about')::bigint IS NOT NULL`,
  ],
};
