import { createPath, MANAGERS, type Path } from './path.ts';

export const BOT = { id: 123456789, is_bot: true, first_name: 'Valera', username: 'valera_bot' };
export const HAND_OVER = { name: 'hand_over', args: { reason: 'complaint', summary: 'Царапина после ремонта' } };

type Handover = { id: number; lane_key: string; reason: string; last_manager_at: Date | null; ended_at: Date | null };
type OutboxRow = {
  id: number;
  chat_id: number;
  kind: string;
  state: string;
  message_id: number | null;
  payload: { text: string; photos?: string[]; replyTo?: number; about?: number };
};

/** The path with people at it: customers hand over, managers reply in their group. */
export const createScene = async () => {
  const path: Path = await createPath();
  const { db } = path;

  /** The model hands over once, then says that it has. */
  const modelHandsOver = (call: object = HAND_OVER): void =>
    path.model.answerWith(({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'Передал менеджеру.' } : { call: [call as { name: string; args: unknown }] },
    );
  const modelTalks = (): void => path.model.answerWith(() => ({ text: 'Отвечаю я, бот.' }));

  /** Telegram takes everything that waits and numbers it. */
  const sendAll = async (): Promise<void> => {
    await db.raw(`UPDATE outbox SET state = 'sent', done_at = clock_timestamp(), message_id = 1000 + id WHERE state = 'pending'`);
  };
  const rows = (chatId: number): Promise<OutboxRow[]> => db<OutboxRow>('outbox').where({ chat_id: chatId }).orderBy('seq');
  const notice = async (part: string): Promise<number> => {
    const found = (await rows(MANAGERS)).findLast((row) => row.payload.text.includes(part));
    if (!found?.message_id) throw new Error(`no sent notice says ${part}`);
    return found.message_id;
  };

  const inGroup = (parts: object): Promise<number> => path.write({ chatId: MANAGERS, userId: 100003, chatType: 'supergroup', ...parts });
  const replying = (messageId: number) => ({
    reply_to_message: { message_id: messageId, date: 0, chat: { id: MANAGERS, type: 'supergroup' }, from: BOT, text: 'Заявка: Анна, +79123450000' },
  });

  return {
    path,
    db,
    modelHandsOver,
    modelTalks,
    sendAll,
    rows,
    notice,
    inGroup,
    replying,
    /** A manager replies to the notice that has these words. */
    reply: async (to: string, text: string, more: object = {}): Promise<number> => inGroup({ text, more: { ...replying(await notice(to)), ...more } }),
    handovers: (): Promise<Handover[]> => db<Handover>('handover').orderBy('id'),
    /** Time passes for the open hand-over. */
    later: async (minutes: number): Promise<void> => {
      await db.raw(`UPDATE handover SET started_at = started_at - ? * interval '1 minute', last_manager_at = last_manager_at - ? * interval '1 minute'`, [
        minutes,
        minutes,
      ]);
    },
    texts: async (chatId: number): Promise<string[]> => (await rows(chatId)).map(({ payload }) => payload.text),
  };
};

export type Scene = Awaited<ReturnType<typeof createScene>>;
