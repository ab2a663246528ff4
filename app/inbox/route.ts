import { sha256Hex } from '../kit/ids.ts';

/** Where an update goes: its key and lane, or poison with the reason (stored, never worked on). */
export type Route = Readonly<{ kind: 'lane'; updateKey: string; laneKey: string }> | Readonly<{ kind: 'poison'; updateKey: string; reason: string }>;

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);

// an id beyond 2^53 has already been rounded by JSON.parse, and could name somebody else's chat
const safeId = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

const OF_A_CHAT = ['message', 'edited_message', 'my_chat_member', 'chat_member', 'channel_post', 'edited_channel_post'] as const;

const chatIdOf = (update: Json): number | undefined => {
  for (const field of OF_A_CHAT) {
    if (field in update) return safeId(record(record(update[field])?.['chat'])?.['id']);
  }
  const callback = record(update['callback_query']);
  if (callback) return safeId(record(record(callback['message'])?.['chat'])?.['id']) ?? safeId(record(callback['from'])?.['id']);
  return 0; // whatever belongs to no chat shares lane 0
};

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return undefined;
  }
};

/** Decides key and lane of a webhook body. Pure; never throws, whatever the bytes are. */
export const routeUpdate = (body: Uint8Array, botId: number): Route => {
  const update = record(parse(body));
  if (!update) return { kind: 'poison', updateKey: sha256Hex(body), reason: 'not a JSON object' };
  const updateId = safeId(update['update_id']);
  if (updateId === undefined) return { kind: 'poison', updateKey: sha256Hex(body), reason: 'no usable update_id' };
  const chatId = chatIdOf(update);
  if (chatId === undefined) return { kind: 'poison', updateKey: String(updateId), reason: 'no usable chat id' };
  return { kind: 'lane', updateKey: String(updateId), laneKey: `${botId}:${chatId}` };
};
