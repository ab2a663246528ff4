import assert from 'node:assert/strict';
import { readFunnel } from '../../../app/analytics/funnel.ts';
import type { Script } from '../../support/model-server.ts';
import { createPath, type Path } from '../../support/path.ts';
import { run } from '../../support/process.ts';

const PRICE = { name: 'find_prices', args: { service: 'покрасить бампер', car: 'Веста' } };
const BOOK = {
  name: 'create_booking',
  args: { phone: '+79123456789', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'бампер' },
};

const script: Script = ({ messages }) => {
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const asked = messages.slice(messages.findLastIndex(({ role }) => role === 'user')).some(({ role }) => role === 'tool');
  if (!asked && text.includes('Веста')) return { call: [PRICE] };
  if (!asked && text.includes('запишите')) return { call: [BOOK] };
  return { text: text.includes('Веста') ? 'Покраска бампера — 14 000 ₽.' : 'Хорошо.' };
};

describe('the funnel', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(async () => {
    await path.reset();
    path.model.answerWith(script);
  });

  const write = async (chatId: number, ...texts: string[]): Promise<void> => {
    for (const text of texts) {
      await path.write({ chatId, text });
      await path.answerAll();
    }
  };
  const funnel = (timezone = 'UTC') => readFunnel(path.db, { since: new Date(Date.now() - 7 * 24 * 3_600_000), timezone });
  /** Puts everything stored so far on a moment of its own. */
  const setTime = (at: Date) =>
    path
      .db('event')
      .where('occurred_at', '>', new Date(Date.now() - 3_600_000))
      .update({ occurred_at: at });

  it('counts distinct customers of a day at each step', async () => {
    await write(1, 'здравствуйте');
    await write(2, 'сколько стоит покраска?');
    await write(3, 'сколько стоит бампер, Веста?', 'а ещё раз, Веста?');
    await write(4, 'Веста, бампер', 'запишите');
    await write(5, 'запишите');
    const day = new Date().toISOString().slice(0, 10);
    assert.deepEqual(await funnel(), [{ day, dialog: 5, price: 3, suggestion: 2, booking: 2 }]);
  });

  it('by days of the time zone asked for, and no older than asked for', async () => {
    const yesterday = new Date(new Date().setUTCHours(0, 0, 0, 0) - 3_600_000 * 2); // 22:00 UTC, in Moscow already the next day
    await write(1, 'здравствуйте');
    await setTime(new Date(Date.now() - 8 * 24 * 3_600_000));
    await write(2, 'здравствуйте');
    await setTime(yesterday);
    assert.deepEqual(
      (await funnel()).map(({ day, dialog }) => [day, dialog]),
      [[yesterday.toISOString().slice(0, 10), 1]],
    );
    const moscow = new Date(yesterday.getTime() + 3 * 3_600_000).toISOString().slice(0, 10);
    assert.deepEqual(
      (await funnel('Europe/Moscow')).map(({ day }) => day),
      [moscow],
    );
  });

  describe('node scripts/funnel.ts', () => {
    const command = async (args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; text: string }> => {
      const { child, ended, lines } = run(['scripts/funnel.ts', ...args], env);
      await ended;
      return { code: child.exitCode, text: lines.join('\n') };
    };

    it('prints the days', async () => {
      await write(4, 'Веста, бампер', 'запишите');
      const { code, text } = await command(['--days', '2'], { DATABASE_URL: path.url });
      assert.equal(code, 0, text);
      assert.match(text, /^day +dialog +price +suggestion +booking\n\d{4}-\d{2}-\d{2} +1 +1 +1 +1$/);
    });

    it('explains itself, also when called wrongly', async () => {
      assert.deepEqual([(await command(['--help'])).code, (await command([])).code], [0, 2]);
      for (const args of [['--days', 'x'], ['--timezone', 'Moscow/Europe'], ['--what']]) {
        const { code, text } = await command(args, { DATABASE_URL: path.url });
        assert.equal(code, 2);
        assert.match(text, /node scripts\/funnel\.ts/);
      }
    });

    it('a database that is away is one line without its password', async () => {
      const { code, text } = await command([], { DATABASE_URL: 'postgresql://valera:planted-password@127.0.0.1:1/valera' });
      assert.equal(code, 75);
      assert.match(text, /could not be read/);
      assert.ok(!text.includes('planted-password'));
    });
  });
});
