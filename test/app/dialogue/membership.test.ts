import assert from 'node:assert/strict';
import type { Transaction } from '../../../app/db/connect.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import { createUndelivered } from '../../../app/outbox/undelivered.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { MANAGERS } from '../../support/path.ts';
import { BOT, createScene, type Scene } from '../../support/scene.ts';

const CUSTOMER = 100;

describe('a customer unblocks the bot while a reply to them is given up', () => {
  let scene: Scene;
  before(async () => {
    scene = await createScene();
  });
  after(() => scene.path.stop());

  /** A turn that wakes the customer's chat and writes to the managers'. */
  let turn: () => Promise<void>;
  beforeEach(async () => {
    await scene.path.reset();
    scene.modelHandsOver();
    await scene.path.write({ chatId: CUSTOMER, text: 'Позовите человека!' });
    await scene.path.answerAll();
    await scene.sendAll();
    const change = { chat: { id: CUSTOMER, type: 'private' }, from: { id: CUSTOMER }, date: 0, new_chat_member: { status: 'member', user: BOT } };
    await scene.path.receive({ update_id: 90_000, my_chat_member: change });
    await scene.path.write({ chatId: CUSTOMER, text: 'Ау?' });
    const lane = await scene.path.claim();
    turn = () => scene.path.engine()(lane, new AbortController().signal);
  });

  const undelivered = createUndelivered({ managerChatId: MANAGERS, appendOutbox: createAppendOutbox(BOT.id) });
  const tell = (trx: Transaction): Promise<void> =>
    undelivered.tell(trx, { id: 0, botId: BOT.id, chatId: CUSTOMER, turnId: 't', payload: { text: 'Ждём', entities: [] }, blocked: true, error: '' });
  const lockCustomers = async (trx: Transaction): Promise<void> => {
    await trx.raw('SELECT 1 FROM outbox_chat WHERE chat_id = ? FOR UPDATE', [CUSTOMER]);
  };
  const bothAreTold = async (): Promise<void> => {
    const told = await scene.texts(MANAGERS);
    assert.ok(
      told.some((text) => text.includes('Ау?')),
      'the turn was committed',
    );
    assert.ok(
      told.some((text) => text.includes('не получил ваш ответ')),
      'the sender’s transaction was committed',
    );
  };

  it('the sender is in the managers’ chat first: no circle of waiting', async () => {
    let running: Promise<void> | undefined;
    await scene.db.transaction(async (sender) => {
      await tell(sender);
      running = turn();
      await untilBlocked(scene.db, 1);
      await lockCustomers(sender);
    });
    await running;
    await bothAreTold();
  });

  it('the turn is in the customer’s chat first: no circle of waiting', async () => {
    let both: Promise<unknown> = Promise.resolve();
    await scene.db.transaction(async (holding) => {
      await lockCustomers(holding);
      const running = turn();
      await untilBlocked(scene.db, 1);
      const sender = scene.db.transaction(async (trx) => {
        await tell(trx);
        await lockCustomers(trx);
      });
      both = Promise.all([running, sender]);
      both.catch(() => undefined); // judged below, when the chat is free
      await untilBlocked(scene.db, 2);
    });
    await both;
    await bothAreTold();
  });
});
