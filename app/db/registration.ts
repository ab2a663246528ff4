import type { Database } from './connect.ts';
import { rowsOf } from './connect.ts';

type Registered = Readonly<{ url: string; secretHash: string }>;

/** Remembers what was registered as webhook, for every process of the bot. */
export const createRegistrationStore = (db: Database, botId: number) => ({
  recall: async (): Promise<Registered | undefined> => {
    const sql = 'SELECT url, secret_hash AS "secretHash" FROM webhook_registration WHERE bot_id = ?';
    return (await rowsOf<Registered>(db.raw(sql, [botId])))[0];
  },
  remember: async ({ url, secretHash }: Registered): Promise<void> => {
    await db('webhook_registration')
      .insert({ bot_id: botId, url, secret_hash: secretHash, registered_at: db.raw('clock_timestamp()') })
      .onConflict('bot_id')
      .merge();
  },
});
