import assert from 'node:assert/strict';
import { checkRun } from '../../../scripts/soak/check.ts';
import { buildNonce, noncesIn, readJournal, type Evidence, type JournalLine } from '../../../scripts/soak/evidence.ts';

const CHAT = 100100;
const GROUP = -1001000000001;

/** Writes a journal step by step; every step is a millisecond later than the one before. */
const write = () => {
  let at = 1_000;
  const lines: JournalLine[] = [];
  const add = (line: Omit<JournalLine, 'at'> & Record<string, unknown>): void => void lines.push({ at: at++, ...line } as JournalLine);
  const message = (messageId: number, text: string, chatId = CHAT) => ({ message_id: messageId, chat: { id: chatId }, text });
  const journal = {
    lines,
    now: () => at,
    received: (updateId: number, text: string, messageId = updateId) =>
      add({ kind: 'received', update: { update_id: updateId, message: message(messageId, text) } }),
    edited: (updateId: number, text: string, messageId: number) =>
      add({ kind: 'received', update: { update_id: updateId, edited_message: message(messageId, text) } }),
    asked: (updateId: number, nonce: string) => {
      journal.received(updateId, nonce);
      journal.taken(updateId);
    },
    answered: (messageId: number, text: string, told: 'ok' | 'withheld' = 'ok') => {
      journal.sent(messageId, text);
      journal.told(messageId, told);
    },
    refused: (updateId: number) => add({ kind: 'attempt', updateId, startedAt: at }),
    taken: (updateId: number) => add({ kind: 'settled', updateId, how: 'delivered', startedAt: at }),
    expired: (updateId: number) => add({ kind: 'settled', updateId, how: 'expired' }),
    sent: (messageId: number, text: string, chatId = CHAT) => add({ kind: 'sent', message: message(messageId, text, chatId) }),
    told: (messageId: number, told: 'ok' | 'withheld', chatId = CHAT) => add({ kind: 'told', chatId, messageId, told, port: 4000 }),
  };
  return journal;
};

type Writer = ReturnType<typeof write>;
const judge = (scenario: (journal: Writer) => void, more: Partial<Evidence> = {}) => {
  const journal = write();
  scenario(journal);
  return checkRun({ journal: journal.lines, managerChatIds: [GROUP], bookings: [], laneRepairs: 0, interruptions: [], recordMs: 10, ...more });
};

const [A1, A2, A3] = [buildNonce('answer', 1), buildNonce('answer', 2), buildNonce('answer', 3)] as const;

describe('the checker of a soak run', () => {
  it('is content with one answer to each, in order, several in one message', () => {
    const verdict = judge((j) => {
      for (const [id, nonce] of [
        [1, A1],
        [2, A2],
        [3, A3],
      ] as const)
        j.received(id, `привет ${nonce}`);
      for (const id of [1, 2, 3]) j.taken(id);
      j.answered(10, `ответ ${A1}`);
      j.answered(11, `ответ ${A2} ${A3}`);
    });
    assert.deepEqual(verdict, { updates: 3, lost: [], doubled: [], outOfOrder: [], bookings: [], laneRepairs: 0, excused: [], handedOver: [], ok: true });
  });

  const answeredTwice = (j: Writer): void => {
    j.asked(1, A1);
    j.answered(10, A1);
    j.sent(11, A1);
  };

  const cases: readonly {
    name: string;
    scenario: (j: Writer) => void;
    more?: Partial<Evidence>;
    finds: 'lost' | 'doubled' | 'outOfOrder' | 'bookings' | null;
    excused?: string[];
  }[] = [
    {
      name: 'LOST: taken and never answered',
      finds: 'lost',
      scenario: (j) => {
        j.asked(1, A1);
      },
    },
    {
      name: 'LOST: never taken',
      finds: 'lost',
      scenario: (j) => {
        j.received(1, A1);
        j.refused(1);
        j.expired(1);
      },
    },
    {
      name: 'LOST: never taken, though something in the chat shows it',
      finds: 'lost',
      scenario: (j) => {
        j.received(1, A1);
        j.sent(10, A1);
      },
    },
    {
      name: 'LOST: answered into another chat',
      finds: 'lost',
      scenario: (j) => {
        j.asked(1, A1);
        j.sent(10, A1, CHAT + 1);
      },
    },
    {
      name: 'left to a manager, who has the words, is not lost',
      finds: null,
      scenario: (j) => {
        j.asked(1, A1);
        j.sent(10, 'Извините');
        j.sent(11, `Бот не смог ответить клиенту\nКлиент: А\n${A1}`, GROUP);
      },
    },
    {
      name: 'LOST: never taken, whatever the managers read',
      finds: 'lost',
      scenario: (j) => {
        j.received(1, A1);
        j.sent(11, `Бот не смог ответить клиенту\nКлиент: А\n${A1}`, GROUP);
      },
    },
    {
      name: 'LOST: a manager who reads it elsewhere was not asked to answer',
      finds: 'lost',
      scenario: (j) => {
        j.asked(1, A1);
        j.sent(11, `Заявка\n${A1}`, GROUP);
      },
    },
    {
      name: 'a silent and a limited one need no answer',
      finds: null,
      scenario: (j) => {
        j.received(1, buildNonce('silent', 1));
        j.received(2, buildNonce('limited', 2));
        j.taken(1);
        j.taken(2);
      },
    },
    {
      name: 'a text replaced before its answer is not lost',
      finds: null,
      scenario: (j) => {
        j.asked(1, A1);
        j.edited(2, A2, 1);
        j.taken(2);
        j.sent(10, A2);
      },
    },
    {
      name: 'LOST: the edit itself',
      finds: 'lost',
      scenario: (j) => {
        j.asked(1, A1);
        j.sent(10, A1);
        j.edited(2, A2, 1);
        j.taken(2);
      },
    },
    {
      name: 'DOUBLED: two messages',
      finds: 'doubled',
      scenario: (j) => {
        j.asked(1, A1);
        for (const id of [10, 11]) {
          j.sent(id, A1);
          j.told(id, 'ok');
        }
      },
    },
    {
      name: 'DOUBLED: twice in one message',
      finds: 'doubled',
      scenario: (j) => {
        j.asked(1, A1);
        j.answered(10, `${A1} ${A1}`, 'withheld');
      },
    },
    {
      name: 'excused: the answer was withheld',
      finds: null,
      excused: ['withheld'],
      scenario: (j) => {
        j.asked(1, A1);
        j.answered(10, A1, 'withheld');
        j.answered(11, A1);
      },
    },
    {
      name: 'DOUBLED: withheld, but with other words',
      finds: 'doubled',
      scenario: (j) => {
        j.asked(1, A1);
        j.answered(10, A1, 'withheld');
        j.sent(11, `${A1}!`);
      },
    },
    {
      name: 'DOUBLED: one withheld answer excuses one copy, not two',
      finds: 'doubled',
      excused: ['withheld'],
      scenario: (j) => {
        j.asked(1, A1);
        j.answered(10, A1, 'withheld');
        j.answered(11, A1);
        j.sent(12, A1);
      },
    },
    {
      name: 'DOUBLED: sent again while the first request was still open',
      finds: 'doubled',
      scenario: (j) => {
        j.asked(1, A1);
        j.sent(10, A1);
        j.sent(11, A1);
        j.told(10, 'withheld');
        j.told(11, 'ok');
      },
    },
    {
      name: 'excused: killed before it could record',
      finds: null,
      excused: ['interrupted'],
      more: { interruptions: [{ kind: 'kill', ports: [4000], fromMs: 1_005, toMs: 1_005 }] },
      scenario: answeredTwice,
    },
    {
      name: 'DOUBLED: another process was killed',
      finds: 'doubled',
      more: { interruptions: [{ kind: 'kill', ports: [4001], fromMs: 1_005, toMs: 1_005 }] },
      scenario: answeredTwice,
    },
    {
      name: 'DOUBLED: the kill came long after the record',
      finds: 'doubled',
      more: { interruptions: [{ kind: 'kill', ports: [4000], fromMs: 1_050, toMs: 1_050 }] },
      scenario: answeredTwice,
    },
    {
      name: 'DOUBLED: the kill came long before the answer',
      finds: 'doubled',
      more: { interruptions: [{ kind: 'kill', ports: [4000], fromMs: 950, toMs: 950 }] },
      scenario: answeredTwice,
    },
    {
      name: 'OUT OF ORDER: in two messages',
      finds: 'outOfOrder',
      scenario: (j) => {
        j.received(1, A1);
        j.received(2, A2);
        j.taken(1);
        j.taken(2);
        j.sent(10, A2);
        j.sent(11, A1);
      },
    },
    {
      name: 'OUT OF ORDER: inside one message',
      finds: 'outOfOrder',
      scenario: (j) => {
        j.received(1, A1);
        j.received(2, A2);
        j.taken(1);
        j.taken(2);
        j.sent(10, `${A2} ${A1}`);
      },
    },
    {
      name: 'no order between two that were under way together',
      finds: null,
      scenario: (j) => {
        j.received(1, A1);
        j.received(2, A2);
        j.refused(2);
        j.taken(1);
        j.taken(2);
        j.sent(10, A2);
        j.sent(11, A1);
      },
    },
    {
      name: 'an edit answered with its batch keeps the place of its message',
      finds: null,
      scenario: (j) => {
        j.received(1, A1);
        j.received(2, A2);
        j.taken(1);
        j.taken(2);
        j.edited(3, A3, 1);
        j.taken(3);
        j.sent(10, `${A3} ${A2}`);
      },
    },
    {
      name: 'BOOKINGS: a gap',
      finds: 'bookings',
      more: { bookings: [1, 3] },
      scenario: (j) => {
        j.sent(1, 'Заявка №1\nКлиент: А', GROUP);
        j.sent(2, 'Заявка №3\nКлиент: А', GROUP);
      },
    },
    { name: 'BOOKINGS: a number twice', finds: 'bookings', more: { bookings: [1, 1] }, scenario: (j) => j.sent(1, 'Заявка №1\nКлиент: А', GROUP) },
    { name: 'BOOKINGS: no notice', finds: 'bookings', more: { bookings: [1] }, scenario: () => undefined },
    {
      name: 'BOOKINGS: two different notices',
      finds: 'bookings',
      more: { bookings: [1] },
      scenario: (j) => {
        j.sent(1, 'Заявка №1\nКлиент: А', GROUP);
        j.sent(2, 'Заявка №1\nКлиент: Б', GROUP);
      },
    },
    { name: 'BOOKINGS: a notice of nothing', finds: 'bookings', scenario: (j) => j.sent(1, 'Заявка №1\nКлиент: А', GROUP) },
    {
      name: 'the same notice again is one notice',
      finds: null,
      more: { bookings: [1] },
      scenario: (j) => {
        j.sent(1, 'Заявка №1\nКлиент: А', GROUP);
        j.sent(2, 'Заявка №1\nКлиент: А', GROUP);
      },
    },
  ];
  for (const { name, scenario, more, finds, excused = [] } of cases) {
    it(name, () => {
      const verdict = judge(scenario, more);
      const found = (['lost', 'doubled', 'outOfOrder', 'bookings'] as const).filter((kind) => verdict[kind].length > 0);
      assert.deepEqual(found, finds === null ? [] : [finds]);
      assert.equal(verdict.ok, finds === null);
      assert.deepEqual(
        verdict.excused.map(({ why }) => why),
        excused,
      );
    });
  }

  it('a lane that had to be repaired fails a run in which all else is well', () => {
    assert.equal(judge(() => undefined, { laneRepairs: 1 }).ok, false);
  });

  it('reads a journal whose last line a kill has torn, and refuses one with a hole', () => {
    const line = '{"at":1,"kind":"settled","updateId":1,"how":"delivered"}';
    assert.equal(readJournal(`${line}\n${line}\n{"at":2,"ki`).length, 2);
    assert.equal(readJournal(`{"at":1,"kind":"identity"}\n${line}\n`).length, 1);
    assert.throws(() => readJournal(`${line}\n{"at":2,"ki\n${line}\n`), /line 2/);
  });

  it('nonces are found by word, not inside other words', () => {
    assert.deepEqual(noncesIn(`${A1}, (${A2}) x${A3} a-bc`), [A1, A2]);
  });
});
