import assert from 'node:assert/strict';
import { rowsOf } from '../../app/db/connect.ts';
import { ANNA, BORIS, createPlatform, MANAGERS, type ChatMessage, type Platform } from '../support/platform.ts';
import type { Running } from '../support/process.ts';
import { until } from '../support/until.ts';

const RETURN_MS = 5_000;
type Shown = ChatMessage & { caption?: string; photo?: unknown[]; media_group_id?: string; reply_to_message?: { message_id: number } };

describe('customer, bot and manager, through Telegram’s stand-in', function () {
  this.timeout(60_000);
  let platform: Platform;
  let app: Running;
  before(async () => {
    const times = { TYPING_DELAY_MS: '1', TYPING_INTERVAL_MS: '50', WORKING_NOTICE_MS: '1500' };
    // a busy machine must not make an outcome unknown, or a message would rightly come twice
    const patient = { TELEGRAM_REQUEST_TIMEOUT_MS: '10000', OUTBOX_LEASE_MS: '20000', LANE_LEASE_MS: '15000' };
    platform = await createPlatform({ HANDOVER_RETURN_MS: String(RETURN_MS), ...times, ...patient });
    app = await platform.startApp();
  });
  after(async () => {
    await app.end('SIGKILL');
    await platform.stop();
  });

  const shown = (chatId: number): Promise<Shown[]> => platform.messages(chatId);
  const wordsOf = ({ text, caption }: Shown): string => text ?? caption ?? '';
  /** Waits for a message of the bot's in that chat that says it. */
  const read = async (chatId: number, words: RegExp): Promise<Shown> => {
    const find = async () => (await shown(chatId)).find((message) => message.from.is_bot && words.test(wordsOf(message)));
    await until(async () => (await find()) !== undefined);
    return (await find()) as Shown;
  };
  const reply = (to: Shown, body: object) => platform.post(MANAGERS, { ...body, reply_to_message_id: to.message_id });

  it('while the model takes its time the customer sees «печатает…», is asked for patience once, and then has the answer', async () => {
    await platform.faults({ model: [{ fault: 'slow', delay_ms: 3000, count: 1 }] });
    await platform.post(BORIS, { text: 'Здравствуйте' });
    await until(async () => (await platform.fromBot(BORIS)).length === 2);
    const [patience, answer] = await platform.fromBot(BORIS);
    assert.equal(patience, 'Ещё минуту, уточняю…');
    assert.notEqual(answer, patience);
    assert.ok((await platform.methods()).includes('sendChatAction'));
  });

  it('asked for a person, the group reads of it, and a manager’s reply reaches the customer', async () => {
    await platform.post(ANNA, { photos: 2, caption: 'вот царапина' });
    await platform.post(ANNA, { text: 'Позовите менеджера, пожалуйста' });
    const notice = await read(MANAGERS, /Клиенту нужен менеджер/);
    const photos = await read(MANAGERS, /Фото клиента: Анна/);
    assert.ok(photos.media_group_id, 'both photos as one album');
    await reply(notice, { text: 'Здравствуйте, это Марина. Приезжайте завтра' });
    await read(ANNA, /^Менеджер: Здравствуйте, это Марина/);
  });

  it('what the customer writes then goes to the group in reply to that notice, and no bot answers', async () => {
    const bots = (await platform.fromBot(ANNA)).length;
    await platform.post(ANNA, { text: 'Хорошо, буду в десять' });
    const passed = await read(MANAGERS, /Клиент пишет[^]*буду в десять/);
    const notice = await read(MANAGERS, /Клиенту нужен менеджер/);
    assert.equal(passed.reply_to_message?.message_id, notice.message_id);
    await reply(passed, { photo: true, caption: 'Вот наш въезд' });
    assert.ok((await read(ANNA, /Вот наш въезд/)).photo);
    assert.equal((await platform.fromBot(ANNA)).length, bots + 1);
  });

  it('a reply that cannot be delivered is told in the group', async () => {
    await platform.block(ANNA, true);
    await reply(await read(MANAGERS, /буду в десять/), { text: 'Ждём' });
    await read(MANAGERS, /Клиент не получил ваш ответ: он заблокировал бота[^]*Ждём/);
    await platform.block(ANNA, false);
  });

  it('when the manager’s time is over, the bot answers again', async () => {
    await until(async () => {
      const sql = `SELECT 1 FROM handover WHERE ended_at IS NULL AND greatest(started_at, last_manager_at) + ? * interval '1 millisecond' > clock_timestamp()`;
      return (await rowsOf(platform.db.raw(sql, [RETURN_MS]))).length === 0;
    });
    await platform.post(ANNA, { text: 'Сколько стоит полировка фар на Весту?' });
    await read(ANNA, /₽/);
    assert.ok(!(await platform.fromBot(MANAGERS)).some((text) => text.includes('полировка фар')), 'the group is not asked');
  });
});
