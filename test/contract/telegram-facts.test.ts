import assert from 'node:assert/strict';
import { lifetimeMs } from '../../app/sandbox/bot-api/delivery.ts';
import { afterFailure, freshRetry } from '../../app/sandbox/bot-api/retry.ts';
import { parseRetryAfterMs } from '../../app/sandbox/bot-api/webhook-post.ts';
import type { Sandbox } from '../../app/sandbox/server.ts';
import { DEFAULT_DURATIONS, DEFAULT_LIMITS } from '../../app/sandbox/settings.ts';
import {
  act,
  ANNA,
  BORIS,
  callBot,
  GROUP,
  list,
  makeDataDir,
  removeDataDir,
  setFaults,
  startReceiver,
  startTestSandbox,
  until,
  write,
} from '../app/sandbox/support.ts';
import { type ActKind, DELIVERY, ENDED_POLLS, type Given, LANES, LIMITS, REFUSALS } from './telegram-facts.ts';

const GUEST = 100_200;
const SECOND_MS = 1_000;
const KEYBOARD = { inline_keyboard: [[{ text: 'Да', callback_data: 'yes' }]] };

describe('contract: the sandbox keeps to the facts about Telegram', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });
  const call = async (method: string, args?: unknown) => callBot(sandbox, method, args);
  const restart = async (options: Parameters<typeof startTestSandbox>[1]): Promise<void> => {
    await sandbox.stop();
    sandbox = await startTestSandbox(dataDir, options);
  };

  describe('lanes', () => {
    const actors = (): Readonly<Record<ActKind, () => Promise<unknown>>> => {
      let blocked = false;
      return {
        message: async () => write(sandbox, ANNA, { text: 'слово' }),
        edit: async () => write(sandbox, ANNA, { edit_message_id: 2, text: 'иначе' }),
        press: async () => act(sandbox, `${ANNA}/presses`, { message_id: 1, data: 'yes' }),
        membership: async () => act(sandbox, `${ANNA}/bot`, { blocked: (blocked = !blocked) }),
      };
    };

    for (const { first, second, waits, source } of LANES) {
      it(`${second} ${waits ? 'waits for' : 'passes'} ${first} (${source.from})`, async () => {
        let release: () => void = () => undefined;
        const held = new Promise<void>((resolve) => (release = resolve));
        let firstId: number | undefined;
        const receiver = await startReceiver(async (update) => {
          firstId ??= update.update_id;
          if (update.update_id === firstId) await held;
          return { status: 200 };
        });
        await call('sendMessage', { chat_id: ANNA, text: 'Записать?', reply_markup: KEYBOARD });
        await call('setWebhook', { url: receiver.url });
        const perform = actors();
        await perform[first]();
        await until(() => receiver.requests.length === 1);
        await perform[second]();
        // Another chat's update, sent after, proves that a delivery had its time.
        await write(sandbox, BORIS, { text: 'рядом' });
        await until(async () => (await list(sandbox, BORIS))[0]?.delivery === 'delivered');
        assert.equal(receiver.requests.length, waits ? 2 : 3);
        release();
        await until(() => receiver.requests.length === 3);
        await receiver.stop();
      });
    }

    it('only two lanes per connection are loaded: when all of them fail, nobody else is heard', async () => {
      let areDown = true;
      const failing = new Map<number, number>();
      const receiver = await startReceiver((update) => {
        const chatId = update.message?.chat.id ?? 0;
        failing.set(chatId, (failing.get(chatId) ?? 0) + 1);
        return { status: areDown && chatId !== GUEST ? 500 : 200 };
      });
      await call('setWebhook', { url: receiver.url, max_connections: 1 });
      assert.equal(DELIVERY.lanesPerConnection.value, 2);
      await write(sandbox, ANNA, { text: 'раз' });
      await write(sandbox, BORIS, { text: 'два' });
      await write(sandbox, GUEST, { text: 'три' });
      await until(() => (failing.get(ANNA) ?? 0) > 4 && (failing.get(BORIS) ?? 0) > 4);
      assert.equal(failing.get(GUEST), undefined);
      areDown = false;
      await until(() => failing.get(GUEST) === 1);
      await receiver.stop();
    });

    it('not more requests at a time than max_connections', async () => {
      let [open, most] = [0, 0];
      const receiver = await startReceiver(async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 5));
        open -= 1;
        return { status: 200 };
      });
      await call('setWebhook', { url: receiver.url, max_connections: 2 });
      for (let n = 0; n < 8; n += 1) await write(sandbox, GUEST + n, { text: 'сразу' });
      await until(() => receiver.requests.length === 8);
      assert.equal(most, 2);
      await receiver.stop();
    });
  });

  describe('repeats and expiry', () => {
    const delays = (random: () => number, count: number): number[] => {
      let retry = freshRetry(DEFAULT_DURATIONS);
      return Array.from({ length: count }, () => {
        const { waitMs, ...next } = afterFailure(retry, 0, { ...DEFAULT_DURATIONS, random });
        retry = next;
        return waitMs / SECOND_MS;
      });
    };

    it('the delays, and the limit they come to', () => {
      const known = DELIVERY.delaysSeconds.value;
      for (const [draw, limit] of [
        [0, DELIVERY.longestDelaySeconds.value[0]],
        [1, DELIVERY.longestDelaySeconds.value[1]],
      ] as const) {
        const all = delays(() => draw, 12);
        assert.deepEqual(all.slice(0, known.length), [...known]);
        assert.equal(all.at(-1), limit);
      }
    });

    it('Retry-After: how it is read, its limit, and that the back-off goes on where it was', () => {
      for (const [header, seconds] of DELIVERY.retryAfterHeaders.value) assert.equal(parseRetryAfterMs(header), seconds * SECOND_MS, header);
      const settings = { ...DEFAULT_DURATIONS, random: () => 0 };
      let retry = freshRetry(DEFAULT_DURATIONS);
      for (let n = 0; n < 4; n += 1) retry = afterFailure(retry, 0, settings);
      const asked = afterFailure(retry, 1e9, settings);
      assert.equal(asked.waitMs, DELIVERY.longestRetryAfterSeconds.value * SECOND_MS);
      assert.equal(afterFailure(asked, 0, settings).waitMs === DELIVERY.delaysSeconds.value[4] * SECOND_MS, DELIVERY.retryAfterIsNoStep.value);
    });

    it('how long each kind is kept', () => {
      const place = { lane: '', chatId: 1, messageId: null, queuedAtMs: 0 };
      const lifetimeSeconds = (update: object): number => lifetimeMs({ ...place, update: { update_id: 1, ...update } }, DEFAULT_DURATIONS) / SECOND_MS;
      assert.deepEqual(
        [lifetimeSeconds({ message: {} }), lifetimeSeconds({ my_chat_member: {} }), lifetimeSeconds({ callback_query: {} })],
        [DELIVERY.messageExpirySeconds.value, DELIVERY.membershipExpirySeconds.value, DELIVERY.pressExpirySeconds.value],
      );
    });

    it('an old press is given up while a message as old still waits, by the wait that is ahead of it', async () => {
      assert.equal(DELIVERY.expiryCountsTheWait.value, true);
      await restart({ durations: { retryBaseMs: 60_000, pressExpiryMs: 30_000, setWebhookPauseMs: 0 } });
      const receiver = await startReceiver(() => ({ status: 500 }));
      await call('sendMessage', { chat_id: ANNA, text: 'Записать?', reply_markup: KEYBOARD });
      await call('setWebhook', { url: receiver.url });
      await write(sandbox, ANNA, { text: 'слово' });
      await act(sandbox, `${ANNA}/presses`, { message_id: 1, data: 'yes' });
      const pending = async (): Promise<unknown> => ((await call('getWebhookInfo')).body.result as { pending_update_count: number }).pending_update_count;
      await until(async () => (await pending()) === 1);
      assert.equal(receiver.requests.filter(({ update }) => update.callback_query).length, 2); // the third would have come too late
      assert.equal((await list(sandbox, ANNA))[1]?.delivery, 'failing');
      await receiver.stop();
    });

    it('what counts as taken, and the name of the secret', async () => {
      const statuses: number[] = [...DELIVERY.successStatuses.value, 300, 404];
      const receiver = await startReceiver((update) => ({ status: statuses[Number(update.message?.text)] ?? 500 }));
      await call('setWebhook', { url: receiver.url, secret_token: 'geheim' });
      for (const index of statuses.keys()) await write(sandbox, GUEST + index, { text: String(index) });
      const deliveries = async () => Promise.all(statuses.map(async (_status, index) => (await list(sandbox, GUEST + index))[0]?.delivery));
      await until(async () => (await deliveries()).every((delivery) => delivery !== 'waiting'));
      assert.deepEqual(await deliveries(), [...DELIVERY.successStatuses.value.map(() => 'delivered'), 'failing', 'failing']);
      assert.equal(receiver.requests[0]?.headers[DELIVERY.secretHeader.value], 'geheim');
      await receiver.stop();
    });

    it('settings that are numbers', async () => {
      assert.equal(DEFAULT_DURATIONS.pollMaxMs, DELIVERY.longestPollSeconds.value * SECOND_MS);
      await call('setWebhook', { url: 'http://127.0.0.1:9/nobody' });
      const info = (await call('getWebhookInfo')).body.result as { max_connections: number };
      assert.equal(info.max_connections, DELIVERY.defaultMaxConnections.value);
    });
  });

  it('limits', async () => {
    const { privatePerSecond, groupPerMinute, bulkPerSecond } = DEFAULT_LIMITS;
    assert.deepEqual(
      [privatePerSecond, groupPerMinute, bulkPerSecond],
      [LIMITS.privatePerSecond.value, LIMITS.groupPerMinute.value, LIMITS.bulkPerSecond.value],
    );
    assert.equal(DEFAULT_DURATIONS.setWebhookPauseMs, LIMITS.setWebhookPauseSeconds.value * SECOND_MS);
    const text = 'я'.repeat(LIMITS.textUtf16.value);
    assert.equal((await call('sendMessage', { chat_id: ANNA, text })).status, 200);
    assert.equal((await call('sendMessage', { chat_id: ANNA, text: `${text}я` })).status, 400);
    await write(sandbox, ANNA, { photo: true });
    const photo = ((await list(sandbox, ANNA)).at(-1)?.['photo'] as { file_id: string }[])[0]?.file_id;
    const caption = 'я'.repeat(LIMITS.captionUtf16.value);
    assert.equal((await call('sendPhoto', { chat_id: ANNA, photo, caption })).status, 200);
    assert.equal((await call('sendPhoto', { chat_id: ANNA, photo, caption: `${caption}я` })).status, 400);
  });

  const prepare: Readonly<Record<Given, () => Promise<unknown>>> = {
    nothing: async () => undefined,
    'a webhook is set': async () => {
      await restart({ durations: {} });
      return call('setWebhook', { url: 'http://127.0.0.1:9/nobody' });
    },
    'the person blocked the bot': async () => act(sandbox, `${ANNA}/bot`, { blocked: true }),
    'the group removed the bot': async () => act(sandbox, `${GROUP}/bot`, { blocked: true }),
    'the group was upgraded': async () => setFaults(sandbox, { telegram: [{ fault: 'migrate_group' }] }),
    'an own message «привет»': async () => call('sendMessage', { chat_id: ANNA, text: 'привет' }),
  };

  describe('refusals', () => {
    for (const { name, given, token, method, args, code, description, parameters } of REFUSALS) {
      it(`${code} for ${name}`, async () => {
        await prepare[given]();
        const { status, body } = await callBot({ ...sandbox, botToken: token === 'own' ? sandbox.botToken : token }, method, args);
        const expected = { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) };
        assert.deepEqual({ status, body }, { status: code, body: expected });
      });
    }

    for (const { by, description } of ENDED_POLLS) {
      it(`409 for getUpdates ended by ${by}`, async () => {
        for (;;) {
          const waiting = call('getUpdates', { timeout: 30 });
          const ending = by === 'setWebhook' ? call('setWebhook', { url: 'http://127.0.0.1:9/nobody' }) : call('getUpdates', { timeout: 30 });
          // whichever of two readers came first is ended by the other
          const { body } = await (by === 'setWebhook' ? waiting : Promise.race([waiting, ending]));
          await call('deleteWebhook');
          if (body.description?.includes('while webhook is active')) continue; // it came too late to wait
          assert.deepEqual(body, { ok: false, error_code: 409, description });
          return;
        }
      });
    }
  });
});
