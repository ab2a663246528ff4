import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'koa';
import { systemClock } from '../../../app/kit/clock.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { createBotApi } from '../../../app/sandbox/bot-api/bot-api.ts';
import { createCalls } from '../../../app/sandbox/bot-api/calls.ts';
import { createDelivery } from '../../../app/sandbox/bot-api/delivery.ts';
import { createChats } from '../../../app/sandbox/chats.ts';
import { createEvents } from '../../../app/sandbox/events.ts';
import { createFaults } from '../../../app/sandbox/faults/faults.ts';
import { afterAnswer } from '../../../app/sandbox/http/connection.ts';
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
    const chats = createChats({ ...common, isScripted: () => false, onQueued: delivery.kick });
    const [faults, calls] = [createFaults({ events }), createCalls()];
    const botApi = createBotApi({ ...common, chats, delivery, faults, calls, limits: DEFAULT_LIMITS, allowHttpAnywhere: false });
    for (const fully of [false, true]) {
      const readArguments = () => ({ chat_id: ANNA, text: 'привет' });
      const { told } = await botApi.call({ token: store.identity.botToken, method: 'sendMessage', readArguments, signal: new AbortController().signal });
      told(fully, 4000);
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

  it('is withheld too when the asker gave up while its request waited, and the answer went nowhere', async () => {
    const CLIENT = `
      const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 0\\r\\n\\r\\n', () => process.exit(0));
      });`;
    // its first thread is a zombie before the last one has closed its files
    const isGone = (pid: number): boolean => {
      try {
        return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) && readdirSync(`/proc/${pid}/task`).length === 1;
      } catch {
        return true;
      }
    };
    const told = Promise.withResolvers<boolean>();
    const clients: ChildProcess[] = [];
    const server = createServer((req, res) => {
      while (!clients.every(({ pid = 0 }) => isGone(pid))); // the event loop is blocked until the asker is gone
      afterAnswer({ req, res } as Context, told.resolve);
      res.end('late');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    clients.push(spawn(process.execPath, ['-e', CLIENT, String((server.address() as AddressInfo).port)], { stdio: 'ignore' }));
    assert.equal(await told.promise, false);
    server.close();
  });
});
