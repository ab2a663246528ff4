import assert from 'node:assert/strict';
import { usePage } from './page-support.ts';
import { ANNA, BORIS, callBot, GROUP, setFaults, write } from './support.ts';

/** What the group becomes when it moves to another number. */
const MOVED = -1_001_000_000_002;
const PHONE = { width: 360, height: 740 } as const;

/** Run in the page: whether all of an element's width can be seen, and nothing lies upon it; what the tabs in sight say, in their order. */
const isOnTop = (selector: string): string => `(() => {
  const element = document.querySelector('${selector}');
  const { left, right, top, height } = element.getBoundingClientRect();
  return [left + 1, (left + right) / 2, right - 1].every((x) => element.contains(document.elementFromPoint(x, top + height / 2)));
})()`;
const TAB_NAMES = `[...document.querySelectorAll('[role=tab]')]
  .filter((tab) => tab.checkVisibility())
  .map((tab) => [...tab.querySelectorAll('.tab-name, .tab-mark')].filter((words) => words.checkVisibility()).map((words) => words.textContent).join(' '))`;

describe('sandbox: the page by keyboard, on a phone, and when the group moves', function () {
  this.timeout(60_000);
  const { stage, open, byId, messages, focused } = usePage();

  const tabTo = async (last: string): Promise<unknown[]> => {
    const passed: unknown[] = [];
    while (passed.at(-1) !== last && passed.length < 40) {
      await stage.page.keyboard.press('Tab');
      passed.push(await focused());
    }
    return passed;
  };
  const tabNames = async (): Promise<unknown> => stage.page.evaluate(TAB_NAMES);

  it('Tab goes from the customers to the chosen one and then to the group, past messages and quotations', async () => {
    await callBot(stage.sandbox, 'sendMessage', { chat_id: GROUP, text: 'Клиент зовёт менеджера' });
    for (let n = 0; n < 3; n += 1) await write(stage.sandbox, GROUP, { text: 'Займусь', reply_to_message_id: 1 });
    await open();
    await messages(GROUP).nth(3).waitFor();
    await byId(`tab-${ANNA}`).click();
    const columnOf = (id: number): string[] => [`block-${id}`, `messages-${id}`, `photo-${id}`, `album-${id}`, `voice-${id}`, `input-${id}`, `send-${id}`];
    const passed = await tabTo(`send-${GROUP}`);
    assert.deepEqual(
      passed.filter((id) => !String(id).startsWith('chip-')),
      ['new-customer', ...columnOf(ANNA), ...columnOf(GROUP)],
    );
    await byId(`messages-${GROUP}`).focus();
    for (const expected of ['reply', 'quote', 'reply', 'quote']) {
      await stage.page.keyboard.press('ArrowUp');
      assert.equal(await focused(), expected);
    }
    await stage.page.keyboard.press('Enter');
    await stage.page.locator('.found').getByText('Клиент зовёт менеджера').waitFor();
    assert.deepEqual(stage.problems, []);
  });

  it('Escape closes the explanation wherever the focus is, and nothing but that', async () => {
    await open();
    await byId('toggle-story').click();
    await byId('about').locator('summary').click();
    await byId('about').getByText('Сам бот здесь настоящий').click();
    await stage.page.keyboard.press('Escape');
    assert.deepEqual([await byId('about').getAttribute('open'), await byId('panel').isVisible()], [null, true]);
  });

  it('on a phone the group comes first with its count in sight, and the switch says what it does', async () => {
    await stage.page.setViewportSize(PHONE);
    await callBot(stage.sandbox, 'sendMessage', { chat_id: GROUP, text: 'Заявка №1' });
    await open();
    assert.deepEqual(await tabNames(), ['Заявки', 'Анна', 'Борис']);
    assert.ok(await stage.page.evaluate(isOnTop(`#tab-${GROUP} .unread`)));
    assert.ok(await stage.page.evaluate(isOnTop(`#column-${ANNA} .switch-words`)));
    await stage.page.setViewportSize({ width: 1280, height: 780 });
    await byId('toggle-faults').click();
    for (const id of [ANNA, GROUP]) assert.ok(await stage.page.evaluate(isOnTop(`#column-${id} .switch-words`)), `${id}`);
  });

  it('a group that moves stands where the old one stood; the old one is marked and goes to the end', async () => {
    await callBot(stage.sandbox, 'sendMessage', { chat_id: GROUP, text: 'Заявка №1' });
    await open();
    await setFaults(stage.sandbox, { telegram: [{ fault: 'migrate_group' }] });
    assert.equal((await callBot(stage.sandbox, 'sendMessage', { chat_id: GROUP, text: 'Заявка №2' })).status, 400);
    await callBot(stage.sandbox, 'sendMessage', { chat_id: MOVED, text: 'Заявка №2' });
    for (const reopen of [async () => undefined, open]) {
      await reopen();
      await messages(MOVED).getByText('Заявка №2').waitFor();
      assert.equal(await byId(`chat-${GROUP}`).isVisible(), false);
      assert.deepEqual(await tabNames(), ['Анна', 'Борис', 'Заявки (старый номер)']);
      await byId(`tab-${GROUP}`).click();
      await messages(GROUP).getByText('Заявка №1').waitFor();
      await byId(`status-${GROUP}`).getByText('(старый номер)').waitFor();
      assert.deepEqual([await byId(`chat-${MOVED}`).isVisible(), await byId(`chat-${ANNA}`).isVisible()], [true, false]);
      await byId(`tab-${BORIS}`).click();
    }
    await stage.page.setViewportSize(PHONE);
    assert.deepEqual(await tabNames(), ['Заявки', 'Анна', 'Борис', 'Заявки (старый номер)']);
    assert.deepEqual(stage.problems, []);
  });
});
