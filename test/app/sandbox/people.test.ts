import assert from 'node:assert/strict';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { asScript, baseOf, callBot, list, makeDataDir, removeDataDir, startTestSandbox, write } from './support.ts';

type Person = Readonly<{ id: number; first_name: string }>;

describe('sandbox: new customers', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const add = async (body: unknown): Promise<Response> =>
    fetch(`${baseOf(sandbox)}/sandbox/people`, { method: 'POST', headers: asScript, body: JSON.stringify(body) });
  const added = async (body: unknown): Promise<Person> => (await (await add(body)).json()) as Person;
  const restart = async (): Promise<void> => {
    await sandbox.stop();
    sandbox = await startTestSandbox(dataDir);
  };
  const shown = async (): Promise<readonly (readonly [number, unknown])[]> => {
    const state = (await (await fetch(`${baseOf(sandbox)}/sandbox/state`, { headers: asScript })).json()) as { chats: (Person & { from_bot: number })[] };
    return state.chats.map(({ id, first_name: name, from_bot: fromBot }) => [id, name ? `${name} ${fromBot}` : undefined] as const);
  };

  it('gets the name that was asked for, in every message and after a restart', async () => {
    assert.deepEqual(await added({ name: '  Вера ' }), { id: 100_100, first_name: 'Вера' });
    await write(sandbox, 100_100, { text: 'привет' });
    await callBot(sandbox, 'sendMessage', { chat_id: 100_100, text: 'здравствуйте' });
    await restart();
    const chat = (await callBot(sandbox, 'getChat', { chat_id: 100_100 })).body.result as Person;
    assert.equal(chat.first_name, 'Вера');
    assert.deepEqual((await list(sandbox, 100_100))[0]?.['chat'], { id: 100_100, type: 'private', first_name: 'Вера' });
    assert.deepEqual(
      (await shown()).find(([id]) => id === 100_100),
      [100_100, 'Вера 1'],
    );
  });

  it('without one gets a name that nobody has, and an id that no script has used', async () => {
    await write(sandbox, 100_101, { text: 'я от скрипта' });
    const people = [await added({}), await added({}), await added({})];
    assert.deepEqual(
      people.map(({ id }) => id),
      [100_100, 100_102, 100_103],
    );
    assert.equal(new Set(people.map(({ first_name: name }) => name)).size, 3);
    assert.deepEqual((await shown()).map(([id]) => id).sort(), [-1_001_000_000_001, 100_001, 100_002, 100_100, 100_101, 100_102, 100_103].sort());
  });

  it('refuses an empty name, one of more than 64 characters, and anything else', async () => {
    for (const body of [{ name: '  ' }, { name: 'я'.repeat(65) }, { name: 7 }, { id: 100_500 }, []])
      assert.equal((await add(body)).status, 400, JSON.stringify(body));
  });
});
