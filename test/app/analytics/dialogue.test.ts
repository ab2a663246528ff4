import assert from 'node:assert/strict';
import { EVENTS } from '../../../app/analytics/catalog.ts';
import type { Script } from '../../support/model-server.ts';
import { createPath, type Path } from '../../support/path.ts';
import { BOOK, calling, createStory, OFFER, PRICE } from '../../support/story.ts';

type Story = ReturnType<typeof createStory>;

describe('analytics of a dialogue', () => {
  let path: Path;
  let story: Story;
  before(async () => {
    path = await createPath();
    story = createStory(path);
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const later = (hours: number) => path.db.raw(`UPDATE message SET created_at = created_at - ? * interval '1 hour'`, [hours]);

  it('all ten events are stored by dialogues, each with all of its properties and nothing else', async () => {
    await story.say('/start');
    await story.ask();
    await story.book();
    await story.say('спасибо', () => ({ status: 401 }));
    const stored = await story.events();
    assert.deepEqual([...new Set(stored.map(({ name }) => name))].toSorted(), Object.keys(EVENTS).toSorted());
    for (const { name, properties, telegram_user_id } of stored) {
      assert.deepEqual(Object.keys(properties).toSorted(), Object.keys(EVENTS[name].properties).toSorted(), name);
      assert.equal(telegram_user_id, 100);
    }
  });

  describe('ai_dialog_started', () => {
    for (const [text, type] of [
      ['/start', 'command'],
      ['запишите меня', 'booking_intent'],
      ['сколько стоит капот?', 'price_inquiry'],
      ['здравствуйте', 'general'],
    ] as const) {
      it(`${type}: «${text}»`, async () => {
        await story.say(text);
        assert.deepEqual(await story.only('ai_dialog_started'), { platform: 'telegram', user_id: 100, message_type: type, has_recent_booking: false });
      });
    }

    it('once within 12 hours, again after 12 hours of silence, and then it knows of the booking', async () => {
      await story.book();
      await later(11);
      await story.say('ещё вопрос');
      assert.equal((await story.events('ai_dialog_started')).length, 1);
      await later(13);
      await path.db.raw(`UPDATE booking SET created_at = created_at - interval '13 hours'`);
      await story.say('снова я');
      const [first, second, ...more] = await story.events('ai_dialog_started');
      assert.deepEqual(more, []);
      assert.deepEqual([first?.properties['has_recent_booking'], second?.properties['has_recent_booking']], [false, true]);
    });

    it('a booking of last year is not recent', async () => {
      await story.book();
      await later(24 * 365);
      await path.db.raw(`UPDATE booking SET created_at = created_at - interval '1 year'`);
      await story.say('снова я');
      assert.equal((await story.events('ai_dialog_started')).at(-1)?.properties['has_recent_booking'], false);
    });
  });

  describe('greeting_sent and user_engagement', () => {
    it('a new customer is greeted as new, a known one as returning', async () => {
      await story.say('/start');
      await story.say('/start');
      const [first, second] = await story.events('greeting_sent');
      assert.deepEqual([first?.properties['user_type'], second?.properties['user_type']], ['new', 'returning']);
      assert.deepEqual([first?.properties['template_used'], typeof first?.properties['delivery_time_ms']], ['welcome', 'number']);
    });

    it('the first words after a greeting are engagement, with the time it took; the next ones are not', async () => {
      await story.say('/start');
      await path.db.raw(`UPDATE event SET occurred_at = occurred_at - interval '90 seconds'`);
      await path.write({ text: 'сколько стоит капот?' });
      await path.write({ text: 'на Весту' });
      await path.answerAll();
      await story.say('и бампер');
      const { time_to_engagement_ms: tookMs, ...rest } = await story.only('user_engagement');
      assert.deepEqual(rest, { user_id: 100, message_count: 2, engagement_type: 'price_inquiry' });
      assert.ok(Number(tookMs) >= 90_000, String(tookMs));
    });

    it('a second greeting can be followed by a second engagement', async () => {
      for (const text of ['/start', 'привет', '/start', 'привет']) await story.say(text);
      assert.equal((await story.events('user_engagement')).length, 2);
    });

    it('none without a greeting', async () => {
      await story.say('привет');
      assert.deepEqual(await story.events('user_engagement'), []);
    });
  });

  describe('service_suggested', () => {
    it('a service whose price stands in the answer, and none whose price does not', async () => {
      await story.ask();
      assert.deepEqual(await story.only('service_suggested'), {
        service_name: 'Покраска бампера',
        confidence_score: 1,
        suggestion_type: 'exact_price',
        context: { message_type: 'price_inquiry', car_class: 1, price: 14_000 },
      });
      await story.say('а крыло?', calling({ name: 'find_prices', args: { service: 'крыло', car: 'Веста' } }, 'Уточните, какое именно?'));
      assert.equal((await story.events('service_suggested')).length, 1);
    });
  });

  describe('of a booking', () => {
    it('the suggested service is accepted, at the price that was named', async () => {
      await story.ask();
      await story.book();
      assert.deepEqual(await story.only('service_added'), { service_name: 'Покраска бампера', quantity: 1, price: 14_000, total_price: 14_000 });
      assert.deepEqual(await story.only('ai_suggestion_accepted'), { service_name: 'Покраска бампера', booking_id: 1, acceptance_type: 'as_suggested' });
      assert.deepEqual(await story.only('cart_confirmed'), { services_count: 1, total_amount: 14_000, confirmation_type: 'without_time' });
    });

    it('beside another service it is accepted with others, and the sum is not known', async () => {
      await story.ask();
      await story.book(100, { services: ['Покраска бампера', 'Полировка фар'] });
      assert.equal((await story.only('ai_suggestion_accepted'))['acceptance_type'], 'with_others');
      assert.deepEqual(
        (await story.events('service_added')).map(({ properties }) => [properties['service_name'], properties['price']]),
        [
          ['Покраска бампера', 14_000],
          ['Полировка фар', null],
        ],
      );
      assert.equal((await story.only('cart_confirmed'))['total_amount'], null);
    });

    it('what nobody suggested is added but not accepted; the price of the model is that of the whole', async () => {
      await story.book(100, { quoted_price: 14_000 });
      assert.deepEqual(await story.events('ai_suggestion_accepted'), []);
      assert.equal((await story.only('service_added'))['price'], 14_000);
      assert.equal((await story.only('cart_confirmed'))['total_amount'], 14_000);
    });

    it('a suggestion to somebody else is none to this customer', async () => {
      await story.say('здравствуйте', undefined, 100);
      await story.ask(200);
      await story.book(100);
      assert.deepEqual(await story.events('ai_suggestion_accepted'), []);
    });

    it('a suggestion of an earlier dialogue is none of this one', async () => {
      await story.ask(100);
      await later(13);
      await path.db.raw(`UPDATE event SET occurred_at = occurred_at - interval '13 hours'`);
      await story.book(100);
      assert.deepEqual(await story.events('ai_suggestion_accepted'), []);
    });

    it('a second yes, a change and a cancellation add nothing', async () => {
      await story.book();
      const before = (await story.events()).filter(({ name }) => name !== 'ai_response_time').length;
      await story.book();
      await story.say('иначе', calling({ name: 'change_booking', args: { services: ['Полировка фар'] } }, 'Поменял.'));
      await story.say('отмените', calling({ name: 'cancel_booking', args: {} }, 'Отменил.'));
      assert.equal((await story.events()).filter(({ name }) => name !== 'ai_response_time').length, before);
    });
  });

  it('ai_response_time names the model and the time it took', async () => {
    await story.say('привет', async () => {
      await path.db.raw('SELECT pg_sleep(0.05)');
      return { text: 'Здравствуйте!' };
    });
    const { duration_ms: durationMs, model_used: model, timestamp } = await story.only('ai_response_time');
    assert.ok(Number(durationMs) >= 50, String(durationMs));
    assert.deepEqual([model, new Date(String(timestamp)).toISOString()], ['test-model', timestamp]);
  });

  it('never holds what a customer wrote, a phone, a card, a key or a name', async () => {
    const plants = ['+79161234567', '4276380011223344', 'sk-abcdefghijklmnop', 'Иннокентий', 'планетарий'];
    const text = `я ${plants.join(', ')}`;
    await story.say('/start');
    await story.say(
      `сколько стоит покрасить бампер? ${text}`,
      calling({ ...PRICE, args: { ...PRICE.args, service: `покрасить бампер ${text}` } }, `${OFFER} ${text}`),
    );
    await story.book(100, { name: 'Иннокентий', phone: '+79161234567', services: [`покраска бампера ${text}`, text], summary: text });
    await story.say(text, () => ({ status: 401, raw: { error: { message: text } } }));
    await story.say(text, () => ({ raw: { choices: [{ message: { content: null, text } }] } }));
    const dump = JSON.stringify(await path.db('event'));
    assert.ok((await story.events()).length >= 9);
    for (const plant of [...plants, '9161234567']) assert.ok(!dump.includes(plant), plant);
  });

  it('two customers at once do not mix', async () => {
    const script: Script = ({ messages }) => {
      const text = messages.findLast(({ role }) => role === 'user')?.content ?? '';
      const asked = messages.slice(messages.findLastIndex(({ role }) => role === 'user')).some(({ role }) => role === 'tool');
      if (!asked && text.includes('сколько')) return { call: [PRICE] };
      if (!asked && text.includes('запишите')) return { call: [BOOK] };
      return { text: text.includes('сколько') ? OFFER : 'Хорошо.' };
    };
    path.model.answerWith(script);
    for (const [first, second] of [
      ['/start', 'запишите'],
      ['сколько стоит покрасить бампер?', 'спасибо'],
      ['запишите', 'пока'],
    ] as const) {
      await path.write({ chatId: 100, text: first });
      await path.write({ chatId: 200, text: second });
      await path.workUntilDone();
    }
    const namesOf = async (userId: number) => [
      ...new Set((await story.events()).filter((event) => event.telegram_user_id === userId && event.name !== 'ai_response_time').map(({ name }) => name)),
    ];
    assert.deepEqual(await namesOf(100), [
      'ai_dialog_started',
      'greeting_sent',
      'user_engagement',
      'service_suggested',
      'service_added',
      'ai_suggestion_accepted',
      'cart_confirmed',
      'booking_request_created',
    ]);
    assert.deepEqual((await namesOf(200)).toSorted(), ['ai_dialog_started', 'booking_request_created', 'cart_confirmed', 'service_added']);
  });

  it('a turn that is taken over tells its story once', async () => {
    await story.say('/start');
    await path.write({ text: 'сколько стоит покрасить бампер?' });
    path.model.answerWith(calling(PRICE, OFFER));
    await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
      CREATE TRIGGER die BEFORE UPDATE OF done_at ON inbox FOR EACH ROW EXECUTE FUNCTION die()`);
    await assert.rejects(path.engine()(await path.claim(), new AbortController().signal));
    await path.db.raw('DROP TRIGGER die ON inbox; DROP FUNCTION die()');
    await path.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
    await path.answerAll();
    assert.deepEqual(
      (await story.events()).map(({ name }) => name).filter((name) => name !== 'error_occurred'),
      ['ai_dialog_started', 'greeting_sent', 'user_engagement', 'service_suggested', 'ai_response_time'],
    );
  });

  it('/reset as the first word leaves no event', async () => {
    await story.say('/reset');
    assert.deepEqual(await story.events(), []);
  });

  it('/reset leaves no event of the person, its own included, and the dialogue begins anew', async () => {
    await story.ask();
    await story.say('/reset');
    assert.deepEqual(await story.events(), []);
    await story.say('/start');
    assert.equal((await story.only('ai_dialog_started'))['message_type'], 'command');
    assert.equal((await story.only('greeting_sent'))['user_type'], 'new');
  });

  for (const [what, parts] of [
    ['a group', { chatId: -500, userId: 7, text: 'всем привет', chatType: 'group' }],
    ['another bot', { text: 'я бот', isBot: true }],
    ['a service message', { more: { pinned_message: {} } }],
  ] as const) {
    it(`tells nothing of ${what}`, async () => {
      await path.write(parts);
      await path.answerAll();
      assert.deepEqual(await story.events(), []);
    });
  }
});
