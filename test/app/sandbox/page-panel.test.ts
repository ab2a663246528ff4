import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { usePage } from './page-support.ts';
import { ANNA, BORIS, callBot, GROUP, list, readFaults, setFaults, startReceiver, startTestSandbox, until, write } from './support.ts';

const TIME_LIMIT_MS = 60_000;
const CUSTOMER = 100_100;
/** What the group becomes when it moves to another number. */
const MOVED_GROUP = -1_001_000_000_002;

/** Runs in the page: what axe-core finds serious, one line each. */
const FIND_PROBLEMS = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ' ' + failureSummary)))`;
const IS_TOO_WIDE = 'document.documentElement.scrollWidth > innerWidth';

describe('sandbox: the panels and people of the page', function () {
  this.timeout(TIME_LIMIT_MS);
  const { stage, open, byId, messages, focused } = usePage();

  it('tells what a message led to as it happens, and closes by Escape', async () => {
    const receiver = await startReceiver();
    await callBot(stage.sandbox, 'setWebhook', { url: receiver.url });
    await open();
    await byId('toggle-story').focus();
    await stage.page.keyboard.press('Enter');
    await byId('stories-empty').waitFor();
    await byId(`input-${ANNA}`).fill('<b>Сколько</b> стоит антикор?');
    await byId(`input-${ANNA}`).press('Enter');
    await byId('story').getByText('бот принял').waitFor();
    await byId('story').locator('summary').focus();
    await stage.page.keyboard.press('Enter');
    await setFaults(stage.sandbox, { telegram: [{ fault: 'flood', retry_after: 20, count: 1 }] });
    for (let n = 0; n < 2; n += 1) await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text: 'Дорого.' });
    await byId('step').getByText('Отправлено в чат «Анна»').waitFor();
    const steps = (await byId('step').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    for (const [index, words] of ['Пришло сообщение', 'Бот принял за', 'В чат «Анна»: Telegram просит подождать 20 с (429)', 'Отправлено'].entries())
      assert.ok(steps[index]?.includes(words), `${index}: ${steps[index]}`);
    assert.ok(steps[0]?.includes('«<b>Сколько</b> стоит антикор?»'));
    await stage.page.keyboard.press('Escape');
    assert.equal(await byId('panel').isVisible(), false);
    assert.equal(await focused(), 'toggle-story');
    assert.deepEqual(stage.problems, []);
    await receiver.stop();
  });

  it('switches faults by words, keeps what a script has set, and repairs everything', async () => {
    await setFaults(stage.sandbox, { seed: 7, model: [{ fault: 'slow', delay_ms: 50, probability: 0.5 }] });
    await open();
    await byId('toggle-faults').click();
    await byId('faults-other').getByText('slow').waitFor();
    await stage.page.getByRole('group', { name: 'Telegram просит подождать 20 секунд' }).getByLabel('один раз').check({ force: true });
    await byId('alarm').getByText('Telegram просит подождать 20 секунд').waitFor();
    const armed = await readFaults(stage.sandbox);
    assert.deepEqual(armed.telegram, [{ fault: 'flood', retry_after: 20, count: 1, left: 1, hits: 0 }]);
    assert.deepEqual(armed.model, [{ fault: 'slow', delay_ms: 50, probability: 0.5, left: null, hits: 0 }]);
    await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text: 'x' });
    await stage.page.getByText('сработала: 1').waitFor();
    assert.equal(await byId('fault-telegram-0-off').isChecked(), true);
    await stage.page.getByRole('group', { name: 'Модель выдумывает цену' }).getByLabel('всегда').check({ force: true });
    await byId('alarm').getByText('Модель выдумывает цену').waitFor();
    await byId('repair').click();
    await byId('alarm').waitFor({ state: 'hidden' });
    assert.deepEqual([(await readFaults(stage.sandbox)).telegram, (await readFaults(stage.sandbox)).model], [[], []]);
    assert.deepEqual(stage.problems, []);
  });

  it('a new customer gets a name, keeps it, and unread messages are counted', async () => {
    await open();
    await byId('new-customer').click();
    await byId('new-name').fill('Вера');
    await byId('new-name').press('Enter');
    await byId(`input-${CUSTOMER}`).waitFor();
    assert.equal(await focused(), `input-${CUSTOMER}`);
    await stage.page.keyboard.type('я тут');
    await stage.page.keyboard.press('Shift+Enter');
    await stage.page.keyboard.type('и тут');
    await stage.page.keyboard.press('Enter');
    await messages(CUSTOMER).getByText('и тут').waitFor();
    const [written] = await list(stage.sandbox, CUSTOMER);
    assert.deepEqual([written?.text, written?.['from']], ['я тут\nи тут', { id: CUSTOMER, is_bot: false, first_name: 'Вера', language_code: 'ru' }]);
    for (const text of ['раз', 'два']) await callBot(stage.sandbox, 'sendMessage', { chat_id: BORIS, text });
    await byId(`unread-${BORIS}`).getByText('2').waitFor();
    await stage.page.reload();
    await byId(`unread-${BORIS}`).getByText('2').waitFor();
    await byId(`tab-${BORIS}`).click();
    await byId(`unread-${BORIS}`).waitFor({ state: 'hidden' });
    await stage.page.getByRole('tab', { name: 'Вера' }).waitFor();
    assert.deepEqual(stage.problems, []);
  });

  it('answers a message by a click, sends photos, albums and voice, shows edits and typing', async () => {
    await callBot(stage.sandbox, 'sendMessage', { chat_id: GROUP, text: 'Клиент зовёт менеджера' });
    await open();
    await messages(GROUP).getByText('Клиент зовёт').click();
    await byId(`quote-${GROUP}`).getByText('Клиент зовёт менеджера').waitFor();
    await stage.page.keyboard.press('Escape');
    await byId(`quote-${GROUP}`).waitFor({ state: 'hidden' });
    await byId(`messages-${GROUP}`).focus();
    await stage.page.keyboard.press('ArrowUp');
    await stage.page.keyboard.press('Enter');
    await stage.page.keyboard.type('Я займусь');
    await stage.page.keyboard.press('Enter');
    await messages(GROUP).getByText('Я займусь').waitFor();
    assert.equal((await list(stage.sandbox, GROUP)).at(-1)?.['reply_to_message'] !== undefined, true);
    await byId(`input-${ANNA}`).fill('Вмятина');
    await byId(`photo-${ANNA}`).click();
    await byId(`album-${ANNA}`).click();
    await byId(`voice-${ANNA}`).click();
    await messages(ANNA).getByText('Голосовое').waitFor();
    await until(async () => (await list(stage.sandbox, ANNA)).length === 5);
    assert.deepEqual(
      (await list(stage.sandbox, ANNA)).map((message) => message['caption']),
      ['Вмятина', undefined, undefined, undefined, undefined],
    );
    assert.equal(await byId('album').getByTestId('picture').count(), 3);
    assert.ok(await stage.page.evaluate("[...document.querySelectorAll('.picture')].every((image) => image.complete && image.naturalWidth === 160)"));
    await write(stage.sandbox, ANNA, { edit_message_id: 1, text: 'Царапина' });
    await messages(ANNA)
      .filter({ has: byId('edited') })
      .getByText('Царапина')
      .waitFor();
    await callBot(stage.sandbox, 'sendChatAction', { chat_id: ANNA, action: 'typing' });
    await byId(`status-${ANNA}`).getByText('бот печатает…').waitFor();
    assert.deepEqual(stage.problems, []);
  });

  it('a customer blocks the bot and allows it again', async () => {
    await open();
    await byId(`block-${ANNA}`).click();
    await byId(`closed-${ANNA}`).waitFor({ state: 'visible' });
    assert.equal(await byId(`input-${ANNA}`).isDisabled(), true);
    assert.equal((await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text: 'x' })).status, 403);
    await byId(`block-${ANNA}`).click();
    await byId(`closed-${ANNA}`).waitFor({ state: 'hidden' });
    assert.equal(await byId(`input-${ANNA}`).isDisabled(), false);
  });

  for (const { name, width, themes } of [
    { name: 'light and dark', width: 1280, themes: ['light', 'dark'] },
    { name: 'phone', width: 360, themes: ['light'] },
  ] as const) {
    it(`axe-core finds nothing serious, and nothing is too wide: ${name}`, async () => {
      const { sandbox, page } = stage;
      const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
      await page.setViewportSize({ width, height: 780 });
      const attack = 'оченьдлинноесловобезпробелов'.repeat(9);
      await write(sandbox, ANNA, { text: attack });
      await write(sandbox, ANNA, { photos: 3, caption: 'вмятина' });
      await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Ответ', reply_parameters: { message_id: 1 } });
      await callBot(sandbox, 'sendMessage', { chat_id: BORIS, text: 'Ответ' });
      await callBot(sandbox, 'sendMessage', { chat_id: MOVED_GROUP, text: 'Заявка №1', entities: [{ type: 'blockquote', offset: 0, length: 9 }] });
      await setFaults(sandbox, { telegram: [{ fault: 'time_out', applied: false }] });
      await open();
      await page.evaluate(axe);
      const check = async (what: string): Promise<void> => {
        for (const colorScheme of themes) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await page.evaluate(FIND_PROBLEMS), [], `${what}, ${colorScheme}`);
          assert.equal(await page.evaluate(IS_TOO_WIDE), false, what);
        }
      };
      await check('chats');
      await byId('toggle-story').click();
      for (const summary of await byId('story').locator('summary').all()) await summary.click();
      await check('stories');
      await page.keyboard.press('Escape');
      await byId('toggle-faults').click();
      await check('faults');
      await byId('panel-close').click();
      await byId('new-customer').click();
      await check('new customer');
      assert.deepEqual(stage.problems, []);
    });
  }

  it('says what it cannot see or break where the real services are in use', async () => {
    await stage.sandbox.stop();
    const parts = { telegram: 'sandbox', model: 'real', database: 'embedded', workshop: 'example' } as const;
    stage.sandbox = await startTestSandbox(stage.dataDir, { parts });
    await open();
    await byId('toggle-story').click();
    await byId('story-note').getByText('её вызовы отсюда не видны').waitFor();
    await byId('toggle-faults').click();
    assert.equal(await byId('fault-model-0-next').isDisabled(), true);
    assert.equal(await byId('fault-telegram-0-next').isDisabled(), false);
  });

  it('remembers how it shall look', async () => {
    await open();
    await byId('theme').click();
    await byId('theme').click();
    await stage.page.reload();
    await stage.page.getByRole('button', { name: 'Оформление: тёмное' }).waitFor();
    assert.equal(await stage.page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark');
    await byId('theme').click();
    assert.equal(await stage.page.evaluate('localStorage.getItem("theme")'), null);
  });
});
