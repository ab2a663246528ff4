import type { Chat, User, UserFromGetMe } from 'grammy/types';

/** The only bot id a sandbox token may carry, so that a real token is never taken for ours. */
export const SANDBOX_BOT_ID = 42_000_001;

export const BOT: UserFromGetMe = Object.freeze({
  id: SANDBOX_BOT_ID,
  is_bot: true,
  first_name: 'Валера',
  username: 'valera_sandbox_bot',
  can_join_groups: true,
  can_read_all_group_messages: true,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
});

const person = (id: number, firstName: string): User => Object.freeze({ id, is_bot: false, first_name: firstName, language_code: 'ru' });

export const ANNA = person(100_001, 'Анна');
const BORIS = person(100_002, 'Борис');
export const MANAGER = person(100_003, 'Марина');
export const GROUP: Chat.SupergroupChat = Object.freeze({ id: -1_001_000_000_001, type: 'supergroup', title: 'Заявки — Пример-Авто' });
/** What the group becomes when the fault «migrate_group» plays its upgrade. */
export const MIGRATED_GROUP: Chat.SupergroupChat = Object.freeze({ ...GROUP, id: -1_001_000_000_002 });

const GUESTS = { first: 100_100, last: 199_999 } as const;
const known = new Map([ANNA, BORIS, MANAGER].map((user) => [user.id, user]));

/** Names that guests were given; one without is «Гость» and a number. */
export type Names = ReadonlyMap<number, string>;
const NO_NAMES: Names = new Map();

/** A person who may write; ids 100100…199999 are guests for scripts that need many customers. */
export const findPerson = (id: number, names: Names = NO_NAMES): User | undefined => {
  const user = known.get(id);
  if (user) return user;
  const isGuest = Number.isInteger(id) && id >= GUESTS.first && id <= GUESTS.last;
  return isGuest ? person(id, names.get(id) ?? `Гость ${id - GUESTS.first + 1}`) : undefined;
};

/** The first guest's id that `isTaken` knows nothing of, or undefined when all are taken. */
export const freeGuestId = (isTaken: (id: number) => boolean): number | undefined => {
  for (let id: number = GUESTS.first; id <= GUESTS.last; id += 1) if (!isTaken(id)) return id;
  return undefined;
};

/** The chat with this id, or undefined when nobody of the sandbox has it. */
export const findChat = (id: number, names: Names = NO_NAMES): Exclude<Chat, Chat.ChannelChat> | undefined => {
  const group = [GROUP, MIGRATED_GROUP].find((known) => known.id === id);
  if (group) return group;
  const user = findPerson(id, names);
  return user && id !== MANAGER.id ? { id, type: 'private', first_name: user.first_name } : undefined;
};

export const nameOfChat = (chat: ReturnType<typeof findChat>): string => (chat?.type === 'private' ? chat.first_name : (chat?.title ?? 'чат'));

/** Chats the page shows, in its order. */
export const SHOWN_CHATS: readonly number[] = Object.freeze([ANNA.id, BORIS.id, GROUP.id]);
