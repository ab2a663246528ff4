import assert from 'node:assert/strict';
import pg from 'pg';
import { ANNA, createPlatform, MANAGERS, type Platform } from '../support/platform.ts';
import type { Running } from '../support/process.ts';
import { until } from '../support/until.ts';

/** Where the process dies: inside the transaction that is about to make this row change, seen through a trigger that waits for us. */
const POINTS: readonly {
  name: string;
  table: string;
  on: string;
  when?: string;
  /** Messages whose sending can be under way at that moment: such a one has an unknown outcome and may be seen twice. */
  underWay?: readonly ('notice' | 'answer')[];
}[] = [
  { name: 'while the update is being stored', table: 'inbox', on: 'INSERT' },
  { name: 'while the turn is being frozen', table: 'turn_input', on: 'INSERT' },
  { name: 'after the first answer of the model, before it is stored', table: 'step', on: 'INSERT', when: `NEW.kind = 'model' AND NEW.step_no = 0` },
  { name: 'inside the booking, before its row', table: 'booking', on: 'INSERT' },
  { name: 'inside the booking, at the manager notice', table: 'outbox', on: 'INSERT', when: `NEW.kind = 'notice'` },
  { name: 'inside the booking, before its step', table: 'step', on: 'INSERT', when: `NEW.kind = 'effect'` },
  {
    name: 'after the booking, before the last answer of the model is stored',
    table: 'step',
    on: 'INSERT',
    when: `NEW.kind = 'model' AND NEW.step_no = 2`,
    underWay: ['notice'],
  },
  { name: 'in the commit, at the answer', table: 'outbox', on: 'INSERT', when: `NEW.kind = 'answer'`, underWay: ['notice'] },
  { name: 'in the commit, when the update is closed', table: 'inbox', on: 'UPDATE', when: 'NEW.done_at IS NOT NULL', underWay: ['notice'] },
  { name: 'before the notice is sent', table: 'outbox', on: 'UPDATE', when: `NEW.kind = 'notice' AND NEW.state = 'sending'`, underWay: ['answer'] },
  {
    name: 'between sending the notice and recording it',
    table: 'outbox',
    on: 'UPDATE',
    when: `NEW.kind = 'notice' AND NEW.state = 'sent'`,
    underWay: ['notice', 'answer'],
  },
];

const LOCK = 4711;

describe('kill -9 at each step of a booking turn, while Telegram, model and database live on', function () {
  this.timeout(60_000);
  let platform: Platform;
  let app: Running;
  let control: pg.Client;

  before(async () => {
    platform = await createPlatform();
    control = new pg.Client({ connectionString: platform.url });
    await control.connect();
    app = await platform.startApp();
  });
  after(async () => {
    await control.end();
    await app.end('SIGKILL');
    await platform.stop();
  });

  const arm = async ({ table, on, when = 'true' }: (typeof POINTS)[number]): Promise<void> => {
    await control.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await control.query(`
      CREATE OR REPLACE FUNCTION wait_for_death() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF ${when} THEN PERFORM pg_advisory_xact_lock_shared(${LOCK}); END IF; RETURN NEW; END $$;
      CREATE TRIGGER wait_for_death BEFORE ${on} ON ${table} FOR EACH ROW EXECUTE FUNCTION wait_for_death()`);
  };
  const untilItWaits = () =>
    until(async () => {
      const { rows } = await control.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      return (rows[0]?.n ?? 0) > 0;
    });
  /** Ends what the dead process left open in the database, as its TCP reset does sooner or later, and disarms. */
  const disarm = async (table: string): Promise<void> => {
    await control.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
    await control.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await control.query(`DROP TRIGGER wait_for_death ON ${table}`);
  };
  const count = async (from: string): Promise<number> => Number((await control.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`)).rows[0]?.n);
  /** Attempts of the newest message of that kind. */
  const attemptsOf = async (kind: string): Promise<number> =>
    (await control.query<{ attempts: number }>('SELECT attempts FROM outbox WHERE kind = $1 ORDER BY id DESC LIMIT 1', [kind])).rows[0]?.attempts ?? 0;
  const drained = () =>
    until(async () => {
      const open = (await count('inbox WHERE done_at IS NULL')) + (await count(`outbox WHERE state <> 'sent'`));
      return open === 0 && (await platform.undelivered()) === 0;
    });

  for (const [index, point] of POINTS.entries()) {
    it(point.name, async () => {
      const number = index + 1;
      const before = { notices: (await platform.fromBot(MANAGERS)).length, answers: (await platform.fromBot(ANNA)).length };
      await arm(point);
      // one message with everything in it: the scripted model books at once
      const cars = ['Веста', 'Гранта', 'Рио', 'Солярис', 'Логан', 'Поло', 'Камри', 'Крета', 'Кашкай', 'Октавия', 'Оптима'];
      await platform.write(ANNA, `Запишите меня на покраску капота, ${cars[index]}, Анна, +7 912 345-67-89, послезавтра в ${9 + index}:00`);
      await untilItWaits();
      await app.end('SIGKILL');
      await disarm(point.table);
      app = await platform.startApp();
      await until(async () => (await platform.fromBot(ANNA)).length > before.answers);
      await drained();

      assert.equal(await count('booking'), number, 'one booking');
      assert.equal(await count(`event WHERE name = 'booking_request_created'`), number, 'one event');
      assert.equal(await count(`outbox WHERE kind = 'notice'`), number, 'one notice stored');
      const notices = (await platform.fromBot(MANAGERS)).slice(before.notices);
      assert.equal(new Set(notices).size, 1, `one distinct notice:\n${notices.join('\n---\n')}`);
      assert.match(notices[0] ?? '', new RegExp(`Заявка №${number}\\b`));
      if (!point.underWay?.includes('notice')) assert.equal(notices.length, 1, 'the notice was sent once');
      assert.ok(notices.length <= (await attemptsOf('notice')), 'no copy without an attempt of its own');
      const answers = (await platform.fromBot(ANNA)).slice(before.answers);
      assert.equal(new Set(answers).size, 1, `one distinct answer:\n${answers.join('\n---\n')}`);
      if (!point.underWay?.includes('answer')) assert.equal(answers.length, 1, 'the answer was sent once');
      assert.ok(answers.length <= (await attemptsOf('answer')), 'no copy without an attempt of its own');
      assert.match(answers[0] ?? '', new RegExp(`№\\s?${number}\\b`));
    });
  }

  it('left numbers without a gap and no lane that had to be repaired', async () => {
    const { rows } = await control.query<{ number: string }>('SELECT number FROM booking ORDER BY number');
    assert.deepEqual(
      rows.map((row) => Number(row.number)),
      POINTS.map((_, index) => index + 1),
    );
    assert.equal(await count(`lane WHERE ready_at IS NOT NULL`), 0);
  });
});
