import assert from 'node:assert/strict';
import { createRegistrationStore } from '../../../app/db/registration.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import type { Telegram } from '../../../app/telegram/client.ts';
import { createWebhookWatch } from '../../../app/telegram/registration.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const URL = 'https://bot.example.com/telegram/webhook';

describe('keeping the webhook registered', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE webhook_registration'));

  /** A Telegram that keeps what it was told, as the real one does: the secret cannot be read back. */
  const fakeTelegram = () => {
    const seen = { looks: 0, sets: [] as string[], failures: 0 };
    let info = { url: '', pending_update_count: 0, allowed_updates: [] as readonly string[] };
    const telegram = {
      getWebhookInfo: () => {
        seen.looks++;
        return seen.failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve(info);
      },
      setWebhook: (url: string, secret: string, allowed: readonly string[]) => {
        seen.sets.push(secret);
        info = { url, pending_update_count: 0, allowed_updates: allowed };
        return Promise.resolve();
      },
    } as unknown as Telegram;
    return { telegram, seen };
  };
  const watch = (telegram: Telegram, secret: string, mayRegister = () => true) => {
    const store = createRegistrationStore(database.db, 42);
    return createWebhookWatch({ telegram, url: URL, secret, ...store, mayRegister, checkMs: 2, clock, logger });
  };
  const look = async (fake: ReturnType<typeof fakeTelegram>, secret: string, mayRegister?: () => boolean): Promise<void> => {
    const running = watch(fake.telegram, secret, mayRegister);
    const before = fake.seen.looks;
    running.start();
    if (mayRegister?.() !== false) await until(() => Promise.resolve(fake.seen.looks >= before + 3));
    await running.stop();
  };

  it('registers once, and a restart with the same secret leaves it alone', async () => {
    const fake = fakeTelegram();
    await look(fake, 'one');
    await look(fake, 'one');
    assert.deepEqual(fake.seen.sets, ['one']);
  });

  it('a changed secret is registered, though Telegram shows no difference', async () => {
    const fake = fakeTelegram();
    await look(fake, 'one');
    await look(fake, 'two');
    assert.deepEqual(fake.seen.sets, ['one', 'two']);
  });

  it('goes on after failures', async () => {
    const fake = fakeTelegram();
    fake.seen.failures = 2;
    await look(fake, 'one');
    assert.deepEqual(fake.seen.sets, ['one']);
  });

  it('asks nothing while another revision is active', async () => {
    const fake = fakeTelegram();
    await look(fake, 'one', () => false);
    assert.deepEqual([fake.seen.looks, fake.seen.sets], [0, []]);
  });
});
