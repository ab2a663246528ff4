import assert from 'node:assert/strict';
import { systemClock } from '../../../app/kit/clock.ts';
import { createTellFailures } from '../../../app/lanes/tell-failures.ts';
import { createPath, type Path } from '../../support/path.ts';
import { createStory, OFFER, PRICE } from '../../support/story.ts';

type Story = ReturnType<typeof createStory>;

describe('analytics of what fails', () => {
  let path: Path;
  let story: Story;
  before(async () => {
    path = await createPath();
    story = createStory(path);
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const failures = async (): Promise<number> => Number(/^dialog_event_failures_total (\d+)$/m.exec(await path.metrics.render())?.[1] ?? 0);

  describe('error_occurred', () => {
    it('for a model that fails', async () => {
      await story.say('привет', () => ({ status: 401 }));
      const { error_class: errorClass, context } = await story.only('error_occurred');
      assert.deepEqual([errorClass, context], ['MODEL_UNAVAILABLE', 'model']);
      assert.deepEqual(await story.events('ai_response_time'), []);
    });

    it('for a model that fails after it has called a tool: no response time of an answer that was none', async () => {
      await story.say('сколько?', ({ messages }) => (messages.at(-1)?.role === 'tool' ? { status: 401 } : { call: [PRICE] }));
      assert.equal((await story.only('error_occurred'))['context'], 'model');
      assert.deepEqual(await story.events('ai_response_time'), []);
    });

    it('of a foreign error its class, and nothing it says: it may quote the customer', async () => {
      await path.write({ text: 'привет' });
      const lane = await path.claim();
      const tell = createTellFailures({ db: path.db, metrics: path.metrics, clock: systemClock, redact: (text) => text });
      const failing = tell(() => Promise.reject(new RangeError('планетарий')));
      await assert.rejects(failing(lane, new AbortController().signal), RangeError);
      const { error_class: errorClass, error_message: message } = await story.only('error_occurred');
      assert.equal(errorClass, 'RangeError');
      assert.doesNotMatch(String(message), /планетарий/);
    });

    it('for a turn that fails, though the turn itself is rolled back', async () => {
      await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused: +79123456789'; END $$;
        CREATE TRIGGER die BEFORE UPDATE OF done_at ON inbox FOR EACH ROW EXECUTE FUNCTION die()`);
      await path.write({ text: 'привет' });
      await assert.rejects(path.answerAll());
      await path.db.raw('DROP TRIGGER die ON inbox; DROP FUNCTION die()');
      const { error_class: errorClass, error_message: message, context } = await story.only('error_occurred');
      assert.deepEqual([errorClass, context], ['DATABASE_REJECTED', 'turn']);
      assert.doesNotMatch(String(message), /7912/);
    });

    it('for each failed try of a batch and for its end', async () => {
      await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'x'; END $$;
        CREATE TRIGGER die BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.role = 'assistant') EXECUTE FUNCTION die()`);
      await path.write({ text: 'привет' });
      await path.workUntilDone(path.engine(), path.configOf({ LANE_MAX_ATTEMPTS: 3 }));
      await path.db.raw('DROP TRIGGER die ON message; DROP FUNCTION die()');
      const told = await story.events('error_occurred');
      assert.deepEqual(
        told.map(({ properties }) => properties['context']),
        ['turn', 'turn', 'dead_letter'],
      );
      assert.equal(told.at(-1)?.properties['error_message'], 'given up after 2 failed attempts');
    });

    it('not for a process that stops', async () => {
      await path.write({ text: 'привет' });
      const stopping = new AbortController();
      path.model.answerWith(() => {
        stopping.abort(new Error('the process stops'));
        return { hang: true };
      });
      await assert.rejects(path.engine()(await path.claim(), stopping.signal));
      assert.deepEqual(await story.events(), []);
    });
  });

  describe('when events cannot be stored', () => {
    const broken: [what: string, breakIt: string, mend: string][] = [
      [
        'because each write is refused',
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;
          CREATE TRIGGER refuse BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse()`,
        'DROP TRIGGER refuse ON event; DROP FUNCTION refuse()',
      ],
      ['because the table is away', 'ALTER TABLE event RENAME TO event_away', 'ALTER TABLE event_away RENAME TO event'],
    ];
    for (const [what, breakIt, mend] of broken) {
      it(`${what}, answers and bookings go on, and the failures are counted`, async () => {
        const before = await failures();
        await path.db.raw(breakIt);
        try {
          await story.ask();
          await story.book();
        } finally {
          await path.db.raw(mend);
        }
        assert.deepEqual(await path.outbox(100), [OFFER, 'Записал.']);
        assert.equal((await path.db('booking')).length, 1);
        assert.ok((await failures()) > before);
      });
    }
  });
});
