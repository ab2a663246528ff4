import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { wordsOf } from '../lanes/customer-texts.ts';
import { chatOfLane } from '../lanes/lane.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import { customerOf, idsOfGroup } from '../outbox/origin.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { splitRichText } from '../telegram/split.ts';
import type { Handovers } from './hand-over.ts';
import { lettersOf, storedText, type Letter } from './letters.ts';
import { GROUP_TEXTS, managerSays } from './manager-texts.ts';
import { SILENT } from './reply.ts';

type Deps = Readonly<{ db: Database; botId: number; managerChatId: number; handovers: Handovers }>;
type Place = Readonly<{ turn: Turn; groupIds: readonly number[] }>;
type Addressed = Readonly<{ letter: Letter; chatId: number | undefined }>;

// What a turn of the customer's commits is before a manager's word or after it, never beside it: docs/managers.md, “Who leads the dialogue”.
const LOCK_LANES = 'SELECT 1 FROM lane WHERE key = ANY(:keys) ORDER BY key FOR UPDATE';

const RELAYED = `
SELECT text FROM message WHERE lane_key = :laneKey AND author = 'manager' AND telegram_message_id = :messageId ORDER BY id DESC LIMIT 1`;

/**
 * What managers write in their group: a reply to a message about a customer goes to that customer, and the dialogue is the manager's from
 * then on. Nothing of the group is kept: what was relayed belongs to the customer's dialogue, everything else is forgotten with the turn.
 */
export const createManagers = ({ db, botId, managerChatId, handovers }: Deps) => {
  const toGroup = (text: RichText, { messageId }: Letter): OutboxDraft[] => [{ chatId: managerChatId, kind: 'answer', text, replyTo: messageId }];

  const relay = async (trx: Transaction, letter: Letter, { chatId, turn }: { chatId: number; turn: Turn }): Promise<OutboxDraft[]> => {
    const laneKey = `${botId}:${chatId}`;
    const { text, photos, messageId } = letter;
    const [before] = await rowsOf<{ text: string }>(trx.raw(RELAYED, { laneKey, messageId }));
    if (letter.edited && before && wordsOf(before.text) === text) return []; // only its preview or a reaction changed
    await handovers.managerWrote(trx, { laneKey, turnId: turn.id });
    const row = { lane_key: laneKey, role: 'assistant', author: 'manager', turn_id: turn.id, telegram_message_id: messageId };
    await trx('message').insert({ ...row, text: storedText(letter) });
    const spoken = managerSays(text, { corrected: letter.edited && before !== undefined });
    if (photos.length > 0) return [{ chatId, kind: 'relay', text: spoken, photos }];
    return splitRichText(spoken).map((part) => ({ chatId, kind: 'relay', text: part }));
  };

  const handBack = async (trx: Transaction, letter: Letter, chatId: number): Promise<OutboxDraft[]> => {
    const text = (await handovers.end(trx, `${botId}:${chatId}`)) ? GROUP_TEXTS.handedBack : GROUP_TEXTS.alreadyBot;
    return [{ chatId: managerChatId, kind: 'notice', text, replyTo: letter.messageId, about: chatId }];
  };

  const answer = async (trx: Transaction, { letter, chatId }: Addressed, turn: Turn): Promise<OutboxDraft[]> => {
    if (letter.replyTo === undefined || letter.command === 'unknown') return toGroup(GROUP_TEXTS.help, letter);
    if (chatId === undefined) return toGroup(GROUP_TEXTS.unknownCustomer, letter);
    if (letter.command === 'ai') return handBack(trx, letter, chatId);
    if (letter.otherMedia) return toGroup(GROUP_TEXTS.onlyTextAndPhotos, letter);
    return letter.text === '' && letter.photos.length === 0 ? [] : relay(trx, letter, { chatId, turn });
  };

  const addressOf = async (trx: Transaction, { replyTo }: Letter, chatIds: readonly number[]): Promise<number | undefined> =>
    replyTo === undefined ? undefined : customerOf(trx, { botId, chatIds, messageId: replyTo });

  const answerAll = async (trx: Transaction, letters: readonly Letter[], { turn, groupIds }: Place): Promise<OutboxDraft[]> => {
    const addressed: Addressed[] = [];
    for (const letter of letters) addressed.push({ letter, chatId: await addressOf(trx, letter, groupIds) });
    const keys = addressed.flatMap(({ chatId }) => (chatId === undefined ? [] : [`${botId}:${chatId}`]));
    await trx.raw(LOCK_LANES, { keys });
    const drafts: OutboxDraft[] = [];
    for (const one of addressed) drafts.push(...(await answer(trx, one, turn)));
    return drafts;
  };

  /** The reply to a turn of any group's; in all but the managers' own the bot is silent. */
  return async (turn: Turn): Promise<Reply> => {
    // a reply quotes what it replies to, names and phones included
    const forget = async (trx: Transaction): Promise<void> => {
      await trx.raw('UPDATE inbox SET body = NULL WHERE seq = ANY(?)', [turn.inputs.map(({ seq }) => seq)]);
    };
    const letters = lettersOf(turn.inputs);
    const groupIds = letters.length === 0 ? [] : await idsOfGroup(db, botId, managerChatId);
    if (!groupIds.includes(chatOfLane(turn.lane.key))) return { ...SILENT, alongside: forget };
    return { outcome: 'answered', outbox: [], events: [], alongside: forget, late: (trx) => answerAll(trx, letters, { turn, groupIds }) };
  };
};

export type Managers = ReturnType<typeof createManagers>;
