import type { Decision } from '../../app/sandbox/model/decide.ts';
import type { ChatRequest } from '../../app/sandbox/model/request.ts';
import { noncesIn } from './evidence.ts';

/** A text with this word asks for a booking. */
export const BOOKING_WORD = 'Запишите';

let answers = 0;

/**
 * The model of the soak: it ends its answer with the nonces of what the customer has said since the last answer, in order, and books when asked.
 * No two answers are equal, so that a turn done twice is told apart from a message sent twice.
 */
export const decideEcho = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Decision => {
  const lastAnswer = messages.findLastIndex((message) => message.role === 'assistant' && message.tool_calls.length === 0);
  const since = messages.slice(lastAnswer + 1);
  const texts = since.filter(({ role }) => role === 'user').map(({ content }) => content);
  const nonces = texts.flatMap((text) => noncesIn(text));
  const wishes = texts.flatMap((text) => text.split('\n')).filter((line) => line.includes(BOOKING_WORD));
  const booked = since.some(({ role }) => role === 'tool');
  if (tools.length === 0 || wishes.length === 0 || booked)
    return { kind: 'say', text: `Понял (${(answers++).toString(36).replaceAll(/[0-9]/g, (digit) => 'абвгдежзик'[Number(digit)] ?? '')}). ${nonces.join(' ')}` };
  const calls = wishes.map((wish) => ({
    name: 'create_booking' as const,
    args: {
      name: 'Клиент',
      phone: '+7 912 345-67-89',
      car: { brand: 'Лада', model: noncesIn(wish)[0] ?? 'Веста' },
      services: ['осмотр'],
      summary: wish.slice(0, 200),
    },
  }));
  return { kind: 'call', calls };
};
