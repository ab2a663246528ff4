import assert from 'node:assert/strict';
import { systemClock } from '../../../app/kit/clock.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { createBotApi } from '../../../app/sandbox/bot-api/bot-api.ts';
import { createCalls } from '../../../app/sandbox/bot-api/calls.ts';
import { createDelivery } from '../../../app/sandbox/bot-api/delivery.ts';
import { createChats } from '../../../app/sandbox/chats.ts';
import { createEvents } from '../../../app/sandbox/events.ts';
import { createFaults } from '../../../app/sandbox/faults/faults.ts';
import { DEFAULT_DURATIONS, DEFAULT_LIMITS } from '../../../app/sandbox/settings.ts';
import { openStore } from '../../../app/sandbox/store.ts';
import { ANNA, makeDataDir, readJournal, removeDataDir } from './support.ts';

describe('sandbox: what the journal says the bot was told', () => {
  it('withheld when the connection ended before the answer was out, ok when all of it went out', async () => {
    const dataDir = await makeDataDir();
    const store = openStore({ dataDir, clock: systemClock, logger: silentLogger });
    const events = createEvents({ onError: (error) => assert.ifError(error) });
    const durations = DEFAULT_DURATIONS;
    const common = { store, events, clock: systemClock, durations, logger: silentLogger };
    const delivery = createDelivery(common);
    const chats = createChats({ ...common, scripted: false, onQueued: delivery.kick });
    const [faults, calls] = [createFaults({ events }), createCalls()];
    const botApi = createBotApi({ ...common, chats, delivery, faults, calls, limits: DEFAULT_LIMITS, allowHttpAnywhere: false });
    for (const fully of [false, true]) {
      const readArguments = () => ({ chat_id: ANNA, text: 'привет' });
      const { told } = await botApi.call({ token: store.identity.botToken, method: 'sendMessage', readArguments, signal: new AbortController().signal });
      told(fully);
    }
    const lines = await readJournal(dataDir, 'told');
    assert.deepEqual(
      lines.map(({ told, messageId, hash }) => [told, messageId, typeof hash]),
      [
        ['withheld', 1, 'string'],
        ['ok', 2, 'string'],
      ],
    );
    store.close();
    await removeDataDir(dataDir);
  });
});
