import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { createPlayer, playAll, type Outcome } from '../../scripts/dialogues/play.ts';
import { readConversations } from '../../scripts/dialogues/read.ts';
import type { Conversation } from '../../scripts/dialogues/schema.ts';
import { startWorld, type World } from '../../scripts/dialogues/world.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../support/database.ts';

const PARALLEL = 8;
const conversations = await readConversations(fileURLToPath(new URL('.', import.meta.url)));

const problemsOf = ({ problems }: Outcome): string[] => problems.map(({ text }) => text);

describe('dialogues', function () {
  this.timeout(300_000);
  let database: MigratedDatabase;
  let world: World;
  const outcomes = new Map<string, Outcome>();
  before(async () => {
    database = await createMigratedDatabase();
    world = await startWorld({ databaseUrl: database.url, version: '0.0.0-test' });
    for (const outcome of await playAll(createPlayer(world), conversations, { parallel: PARALLEL })) outcomes.set(outcome.id, outcome);
  });
  after(async () => {
    await world.stop();
    await database.drop();
  });

  it('are many, and each is told apart from the others', () => {
    assert.ok(conversations.length >= 60);
    assert.equal(new Set(conversations.map(({ turns }) => JSON.stringify(turns))).size, conversations.length);
  });

  for (const { id, title, file } of conversations) {
    it(`${file}: ${title} (${id})`, () => {
      const outcome = outcomes.get(id);
      assert.ok(outcome, 'it was not played');
      assert.equal(outcome.problems.length, 0, `\n${outcome.transcript}`);
    });
  }

  describe('would fail', () => {
    const named = (id: string): Conversation => conversations.find((conversation) => conversation.id === id) ?? assert.fail(id);
    // a customer of their own, and the first conversation as the template
    let play: (conversation: Conversation) => Promise<Outcome>;
    before(() => {
      play = createPlayer({ ...world, firstGuest: 150_000 });
    });

    it('for a phrase that is not said, a word that must not be, a tool that is not called', async () => {
      const [turn] = named('company-small-talk').turns;
      assert.ok(turn);
      const expect = { says: ['покраска луны'], never: ['бот'], tools: ['hand_over' as const] };
      const problems = problemsOf(await play({ ...named('company-small-talk'), turns: [{ ...turn, expect }] }));
      assert.equal(problems.length, 3, problems.join('\n'));
    });

    it('for a booking that is another, or one too many', async () => {
      const booked = named('booking-all-at-once');
      const problems = problemsOf(
        await play({ ...booked, then: { bookings: [{ status: 'confirmed', car: 'Камаз', phone: '+79990001122' }], notices: { count: 7 } } }),
      );
      assert.equal(problems.length, 4, problems.join('\n'));
      assert.equal(problemsOf(await play({ ...booked, then: { bookings: [] } })).length, 1);
    });

    it('for a price that is not in the list', async () => {
      const cheaper = {
        ...world,
        firstGuest: 160_000,
        workshop: { ...world.workshop, prices: [] },
      };
      const problems = problemsOf(await createPlayer(cheaper)(named('company-on-request')));
      assert.deepEqual(problems, ['an answer names 4000 ₽, which is no price of the list']);
    });

    it('for a text that is still in the database', async () => {
      const problems = problemsOf(await play({ ...named('company-small-talk'), then: { absent: ['ты робот'] } }));
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /«ты робот» is still in .*inbox.*message/);
    });

    it('for an answer where none must be', async () => {
      const [turn] = named('company-small-talk').turns;
      assert.ok(turn);
      assert.match(problemsOf(await play({ ...named('company-small-talk'), turns: [{ ...turn, expect: { silent: true } }] })).join(), /must be silent/);
    });
  });
});
