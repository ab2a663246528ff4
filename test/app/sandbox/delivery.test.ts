import assert from 'node:assert/strict';
import type { Update } from 'grammy/types';
import { createDelivery } from '../../../app/sandbox/bot-api/delivery.ts';
import { afterFailure, freshRetry } from '../../../app/sandbox/bot-api/retry.ts';
import { parseRetryAfterMs, type PostResult } from '../../../app/sandbox/bot-api/webhook-post.ts';
import { createChats } from '../../../app/sandbox/chats.ts';
import { createEvents } from '../../../app/sandbox/events.ts';
import { ANNA as ANNA_USER, findChat } from '../../../app/sandbox/people.ts';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { DEFAULT_DURATIONS } from '../../../app/sandbox/settings.ts';
import { openStore } from '../../../app/sandbox/store.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { ANNA, BORIS, callBot, list, makeDataDir, removeDataDir, startReceiver, startTestSandbox, until, write } from './support.ts';

describe('sandbox: webhook delivery', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await makeDataDir();
  });
  afterEach(async () => removeDataDir(dataDir));

  const waits = (random: () => number, count: number): number[] => {
    let retry = freshRetry(DEFAULT_DURATIONS);
    return Array.from({ length: count }, () => {
      const { waitMs, ...next } = afterFailure(retry, 0, { ...DEFAULT_DURATIONS, random });
      retry = next;
      return waitMs / 1_000;
    });
  };

  it('repeats at once, then after 2, 4, 8 … seconds, at last after 60 to 120', () => {
    assert.deepEqual(
      waits(() => 0, 9),
      [0, 2, 4, 8, 16, 32, 60, 60, 60],
    );
    assert.deepEqual(
      waits(() => 1, 9),
      [0, 2, 4, 8, 16, 32, 64, 120, 120],
    );
  });

  it('reads Retry-After as TDLib does: whole seconds, nothing else', () => {
    const headers = ['0', '3', '3600', '7200', '2147483648', '-1', '1.5', '007', ' 3', 'Wed, 21 Oct 2026 07:28:00 GMT', null];
    assert.deepEqual(headers.map(parseRetryAfterMs), [0, 3_000, 3_600_000, 7_200_000, 0, 0, 0, 0, 0, 0, 0]);
  });

  /** A delivery whose time stands still: sleeps are recorded and over at once, and may move the clock. */
  const withClock = (results: readonly Partial<PostResult>[]) => {
    const slept: number[] = [];
    let now = Date.UTC(2026, 10, 24);
    const clock = {
      now: () => new Date(now),
      monotonicMs: () => now,
      sleep: async (ms: number) => {
        slept.push(ms);
        now += ms;
      },
    };
    const store = openStore({ dataDir, clock, logger: silentLogger });
    const events = createEvents({ onError: (error) => assert.ifError(error) });
    let attempts = 0;
    const post = async (): Promise<PostResult> => {
      const result = results[Math.min(attempts, results.length - 1)];
      attempts += 1;
      return { status: 200, retryAfterMs: 0, error: '', ...result };
    };
    const delivery = createDelivery({ store, events, clock, durations: DEFAULT_DURATIONS, logger: silentLogger, post, random: () => 0 });
    const chats = createChats({ store, events, clock, isScripted: () => false, onQueued: delivery.kick });
    store.append({ kind: 'webhook', webhook: { url: 'http://127.0.0.1:9/', secretToken: undefined, maxConnections: 40 }, dropPending: false });
    const chat = findChat(ANNA);
    assert.ok(chat);
    chats.write({ chat, from: ANNA_USER, content: { kind: 'text', text: 'привет' }, replyTo: undefined });
    const shown = () => store.state.chats.get(ANNA)?.messages.get(1)?.delivery;
    return {
      slept,
      shown,
      stop: async (): Promise<void> => {
        await delivery.stop();
        store.close();
      },
      attempts: () => attempts,
    };
  };

  it('waits between attempts as Telegram does, and as Retry-After says', async () => {
    const failed = { status: 500, error: 'x' };
    const asked = (seconds: number) => ({ ...failed, retryAfterMs: seconds * 1_000 });
    const run = withClock([failed, failed, failed, asked(7), failed, asked(9_000), failed, { status: 204 }]);
    await until(() => run.shown() === 'delivered');
    // what Retry-After asked for does not count as a step of the back-off, and is at most an hour
    assert.deepEqual(run.slept, [0, 2_000, 4_000, 7_000, 8_000, 3_600_000, 16_000]);
    await run.stop();
  });

  it('gives an update up after 24 hours', async () => {
    const run = withClock([{ status: null, error: 'Connection refused' }]);
    await until(() => run.shown() === 'expired');
    const waited = run.slept.reduce((sum, ms) => sum + ms, 0);
    assert.ok(waited <= 24 * 3_600_000 && waited > 24 * 3_600_000 - 60_001, String(waited));
    await run.stop();
  });

  describe('over HTTP', () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await startTestSandbox(dataDir);
    });
    afterEach(async () => sandbox.stop());

    it('keeps the order of a chat through failures, and never lets one chat stop another', async () => {
      let annaIsDown = true;
      const receiver = await startReceiver((update) => ({ status: annaIsDown && update.message?.chat.id === ANNA ? 500 : 200 }));
      await callBot(sandbox, 'setWebhook', { url: receiver.url, secret_token: 'top-secret' });
      for (const text of ['один', 'два', 'три']) await write(sandbox, ANNA, { text });
      await write(sandbox, BORIS, { text: 'я рядом' });
      await until(async () => (await list(sandbox, BORIS))[0]?.delivery === 'delivered');
      assert.ok((await list(sandbox, ANNA)).every(({ delivery }) => delivery !== 'delivered'));
      annaIsDown = false;
      await until(async () => (await list(sandbox, ANNA)).every(({ delivery }) => delivery === 'delivered'));

      const texts = receiver.requests.map(({ update }) => update).flatMap(({ message }) => (message?.chat.id === ANNA ? [message.text] : []));
      assert.deepEqual(
        texts.filter((text, index) => text !== texts[index - 1]),
        ['один', 'два', 'три'],
      );
      assert.ok(
        receiver.requests.every(({ headers }) => headers['x-telegram-bot-api-secret-token'] === 'top-secret' && headers['content-type'] === 'application/json'),
      );
      await receiver.stop();
    });

    it('does not deliver the next update of a chat while one is being answered', async () => {
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const receiver = await startReceiver(async (update) => {
        if (update.message?.text === 'первое') await held;
        return { status: 200 };
      });
      await callBot(sandbox, 'setWebhook', { url: receiver.url });
      await write(sandbox, ANNA, { text: 'первое' });
      await write(sandbox, ANNA, { text: 'второе' });
      await write(sandbox, BORIS, { text: 'другой чат' });
      await until(() => receiver.requests.length === 2);
      await until(async () => (await list(sandbox, BORIS))[0]?.delivery === 'delivered');
      assert.deepEqual(receiver.requests.map(({ update }) => update.message?.text).sort(), ['другой чат', 'первое']);
      release();
      await until(() => receiver.requests.length === 3);
      await receiver.stop();
    });

    it('tries a new address at once, however long it would have waited for the old one', async () => {
      await sandbox.stop();
      sandbox = await startTestSandbox(dataDir, { durations: { retryBaseMs: 3_600_000, retryCapMs: 3_600_000, setWebhookPauseMs: 0 } });
      await callBot(sandbox, 'setWebhook', { url: 'http://127.0.0.1:9/nobody' });
      await write(sandbox, ANNA, { text: 'привет' });
      await until(async () => (await list(sandbox, ANNA))[0]?.delivery === 'failing');
      const receiver = await startReceiver();
      await callBot(sandbox, 'setWebhook', { url: receiver.url });
      await until(async () => (await list(sandbox, ANNA))[0]?.delivery === 'delivered');
      await receiver.stop();
    });

    it('numbers updates one after another and sends only the kinds that were asked for', async () => {
      const receiver = await startReceiver();
      await callBot(sandbox, 'setWebhook', { url: receiver.url, allowed_updates: ['message'] });
      const first = await write(sandbox, ANNA, { text: 'привет' });
      const edit = await write(sandbox, ANNA, { edit_message_id: first.body.message_id, text: 'здравствуйте' });
      const third = await write(sandbox, BORIS, { text: 'и я' });
      assert.deepEqual([edit.body.update_id, third.body.update_id], [first.body.update_id + 1, first.body.update_id + 2]);
      await until(async () => (await list(sandbox, BORIS))[0]?.delivery === 'delivered');
      await until(() => receiver.requests.length === 2);
      const ids = receiver.requests.map(({ update }: { update: Update }) => update.update_id);
      assert.deepEqual(ids.sort(), [first.body.update_id, third.body.update_id]);
      await receiver.stop();
    });
  });
});
