import assert from 'node:assert/strict';
import type { EVENTS } from '../../app/analytics/catalog.ts';
import type { Script } from './model-server.ts';
import type { Path } from './path.ts';

type Event = { name: keyof typeof EVENTS; telegram_user_id: number | null; properties: Record<string, unknown> };
type Call = { name: string; args: unknown };

export const PRICE = { name: 'find_prices', args: { service: 'покрасить бампер', car: 'Веста' } };
export const BOOK = {
  name: 'create_booking',
  args: { phone: '+79123456789', car: { brand: 'Лада', model: 'Веста' }, services: ['покраска бампера'], summary: 'бампер' },
};
export const OFFER = 'Покраска бампера — 14 000 ₽.';

/** A model that calls one tool since the last message of the customer, then says the text. */
export const calling =
  (call: Call | undefined, text: string): Script =>
  ({ messages }) =>
    call && messages.slice(messages.findLastIndex(({ role }) => role === 'user')).every(({ role }) => role !== 'tool') ? { call: [call] } : { text };

/** Dialogues of customers on a message path, and the analytics events they leave. */
export const createStory = (path: Path) => {
  const say = async (text: string, script: Script = () => ({ text: 'Хорошо.' }), chatId = 100): Promise<void> => {
    path.model.answerWith(script);
    await path.write({ chatId, text });
    await path.answerAll();
  };
  const events = async (name?: string): Promise<Event[]> => {
    const rows = await path.db<Event & { id: number }>('event').orderBy('id');
    return rows.filter((row) => name === undefined || row.name === name);
  };
  return {
    say,
    /** The customer asks for a price and is told OFFER. */
    ask: (chatId = 100): Promise<void> => say('сколько стоит покрасить бампер?', calling(PRICE, OFFER), chatId),
    book: (chatId = 100, args: object = {}): Promise<void> => say('запишите', calling({ ...BOOK, args: { ...BOOK.args, ...args } }, 'Записал.'), chatId),
    /** Stored events, oldest first. */
    events,
    /** The properties of the one event of that name. */
    only: async (name: string): Promise<Record<string, unknown>> => {
      const [event, ...more] = await events(name);
      assert.ok(event && more.length === 0, `${name}: ${more.length + (event ? 1 : 0)} stored`);
      return event.properties;
    },
  };
};
