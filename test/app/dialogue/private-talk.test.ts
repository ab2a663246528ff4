import assert from 'node:assert/strict';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const PHONE = '+7 912 345-67-89';
const PLAIN = '9123456789';

describe('people towards the model', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const requests = (): string => JSON.stringify(path.model.requests);
  const ask = async (text: string, more: object = {}): Promise<string> => {
    await path.write({ text, more });
    await path.answerAll();
    return (await path.outbox(100)).at(-1) ?? '';
  };
  const lastText = (messages: readonly { role: string; content: string | null }[]): string => messages.findLast(({ role }) => role === 'user')?.content ?? '';

  it('a whole booking: the model sees placeholders, the books, the group and the customer real ones', async () => {
    path.model.answerWith(() => ({ text: 'Как вас зовут и на какой номер позвонить?' }));
    await ask('Запишите на полировку, Лада Веста');
    path.model.answerWith(({ messages }) => ({ text: `Верно ли: ${lastText(messages)}?` }));
    assert.equal(await ask(`Тихомир, ${PHONE}`), `Верно ли: Тихомир, ${PHONE}?`);
    path.model.answerWith(({ messages }) => {
      if (messages.at(-1)?.role === 'tool') return { text: 'Готово, <name:1>! Заявка №1, позвоним на <phone:1>.' };
      const args = {
        name: '<name:1>',
        phone: '<phone:1>',
        car: { brand: 'Лада', model: 'Веста' },
        services: ['Полировка'],
        summary: 'Полировка, <name:1> ждёт звонка',
      };
      return { call: [{ name: 'create_booking', args }] };
    });
    assert.equal(await ask('да, всё верно'), `Готово, Тихомир! Заявка №1, позвоним на ${PHONE}.`);

    const client = await path.db<{ name: string; phone: string }>('client').first();
    assert.deepEqual([client?.name, client?.phone], ['Тихомир', `+7${PLAIN}`]);
    assert.equal((await path.db<{ summary: string }>('booking').first())?.summary, 'Полировка, Тихомир ждёт звонка');
    assert.match((await path.outbox(MANAGERS))[0] ?? '', /Тихомир/);
    assert.ok(!requests().includes('Тихомир') && !requests().replaceAll(/\D/g, '').includes(PLAIN), 'no request holds either');
    assert.ok(requests().includes('<name:1>') && requests().includes('<phone:1>'));
    const steps = JSON.stringify(await path.db('step'));
    assert.ok(steps.includes('Тихомир') && !/<(?:name|phone):/.test(steps), 'what is stored is real');

    path.model.answerWith(() => ({ text: 'Ждём вас, <name:1>.' }));
    assert.equal(await ask('спасибо, Тихомир'), 'Ждём вас, Тихомир.', 'known from the booking in later turns');
    assert.ok(!requests().includes('Тихомир'));
  });

  it('the name of the profile, the user name, and a name known from an earlier booking stay here', async () => {
    const from = { id: 100, is_bot: false, first_name: 'Ксенофонт', last_name: 'Рыбаков', username: 'ksen_ryb' };
    await path.db('client').insert({ telegram_user_id: 100, name: 'Евлампия', phone: '+79990001122' });
    await ask('Я Ксенофонт Рыбаков (@ksen_ryb, ksen_ryb), записывалась Евлампия', { from });
    assert.equal(lastText(path.model.requests[0]?.messages ?? []), 'Я <name:1> (<name:2>, <name:3>), записывалась <name:4>');
  });

  it('what a release with other content is shown of this turn’s work is masked too', async () => {
    await path.write({ text: `запишите на полировку, ${PHONE}` });
    const dead = new AbortController();
    path.model.answerWith(({ messages }) => {
      if (messages.at(-1)?.role !== 'tool') {
        const args = { phone: '<phone:1>', car: { brand: 'Лада' }, services: ['Полировка, звонить <phone:1>'], summary: 'полировка' };
        return { call: [{ name: 'create_booking', args }] };
      }
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await path.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
    path.model.answerWith(() => ({ text: 'Записал вас.' }));
    await path.answerAll(path.engine({ ...path.workshop, prompt: 'Другие правила.' }));
    const system = path.model.requests.at(-1)?.messages[0]?.content ?? '';
    assert.match(system, /Уже сделано.*звонить <phone:1>/s);
    assert.ok(system.includes(path.workshop.phone), 'the workshop’s own phone is no secret');
    assert.match(system, /\n\nСейчас: [^\n]+$/);
  });

  it('a placeholder in the customer’s own words reaches nobody’s number', async () => {
    await ask(`мой номер ${PHONE}`);
    path.model.answerWith(({ messages }) => {
      if (messages.at(-1)?.role === 'tool')
        return { text: (messages.at(-1)?.content ?? '').includes('bad_phone') ? 'Номер не похож на настоящий.' : 'Записал.' };
      const phone = /запишите на (.+)$/.exec(lastText(messages))?.[1];
      return { call: [{ name: 'create_booking', args: { phone, car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' } }] };
    });
    assert.equal(await ask('запишите на <phone:1>'), 'Номер не похож на настоящий.');
    assert.equal((await path.db('booking')).length, 0);
  });

  it('a tool is not run with a placeholder that stands for nobody', async () => {
    path.model.answerWith(({ messages }) => {
      const result = messages.at(-1)?.role === 'tool' ? messages.at(-1)?.content : undefined;
      if (result) return { text: result.includes('stands for nothing') ? 'Как вас зовут?' : 'Записал.' };
      const args = { name: '<name:7>', phone: '<phone:1>', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' };
      return { call: [{ name: 'create_booking', args }] };
    });
    assert.equal(await ask(`запишите, ${PHONE}`), 'Как вас зовут?');
    assert.equal((await path.db('booking')).length, 0);
  });

  for (const [name, phone] of [
    ['<name_1>', '<phone1>'],
    ['‹имя:1>', '[телефон:1]'],
    ['name:1', '{phone:1}'],
    ['<NAME:1>а', '<phone: 1>'],
  ] as const) {
    it(`${name} and ${phone} reach books, group and customer as what they stand for`, async () => {
      path.model.answerWith(({ messages }) => {
        if (messages.at(-1)?.role === 'tool') return { text: `${name}, заявка №1, перезвоним на ${phone}.` };
        const args = { name, phone, car: { brand: 'Лада' }, services: ['Полировка'], summary: `Перезвонить ${name}` };
        return { call: [{ name: 'create_booking', args }] };
      });
      assert.equal(await ask(`Меня зовут Тихомир, телефон ${PHONE}`), `Тихомир, заявка №1, перезвоним на ${PHONE}.`);
      const notice = (await path.outbox(MANAGERS)).join();
      assert.ok(notice.includes('Перезвонить Тихомир') && !/name|имя|phone|[<‹{]|\[/.test(notice), notice);
    });
  }

  it('a bent placeholder that stands for nobody runs no tool and reaches nobody', async () => {
    path.model.answerWith(({ messages }) => {
      const last = messages.at(-1);
      if (last?.role === 'tool') return { text: last.content?.includes('stands for nothing') ? 'Спасибо, [имя:7]!' : 'Записал.' };
      if (last?.content?.startsWith('[Проверка ответа]')) return { text: 'Как вас зовут?' };
      return {
        call: [{ name: 'create_booking', args: { name: '[имя:7]', phone: '<phone:1>', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'п' } }],
      };
    });
    assert.equal(await ask(`запишите, ${PHONE}`), 'Как вас зовут?');
    assert.equal((await path.db('booking')).length, 0);
  });
});
