/**
 * What Telegram does, one row per fact, each with where it was learnt. The sandbox is compared with every row
 * (telegram-facts.test.ts), the harmless ones also with the real service when a token is given (telegram-live.test.ts).
 *
 * `read`: found in the source of the Bot API server, tdlib/telegram-bot-api, under the function named. Commits: Client.cpp 025884aec,
 * WebhookActor.cpp 0cf13d3bf, WebhookActor.h 208fd70d5, Query.cpp 04825c4b7, ClientManager.cpp 018b4fc6f; td: tdnet/td/net/HttpQuery.cpp.
 * `reported`: made behind that server, known from what others met. `from design`: our own belief, nobody's word.
 */
export type Source = Readonly<{ from: string; verified: 'read' | 'reported' | 'from design' }>;

const read = (from: string): Source => ({ from, verified: 'read' });
const reported = (from: string): Source => ({ from, verified: 'reported' });

export type ActKind = 'message' | 'edit' | 'press' | 'membership';

/** Whether the second update waits until the first was taken, both about the same person and chat. */
export const LANES: readonly Readonly<{ first: ActKind; second: ActKind; waits: boolean; source: Source }>[] = [
  { first: 'message', second: 'message', waits: true, source: read('Client.cpp process_new_message_queue: webhook_queue_id = chat_id') },
  { first: 'message', second: 'edit', waits: true, source: read('Client.cpp process_new_message_queue: edits are in the same queue') },
  { first: 'message', second: 'press', waits: false, source: read('Client.cpp process_new_callback_query_queue: user_id + (3 << 33)') },
  { first: 'message', second: 'membership', waits: false, source: read('Client.cpp add_update_chat_member: chat_id + (5 << 33)') },
  { first: 'press', second: 'press', waits: true, source: read('Client.cpp process_new_callback_query_queue: user_id + (3 << 33)') },
  { first: 'press', second: 'message', waits: false, source: read('Client.cpp process_new_callback_query_queue: user_id + (3 << 33)') },
  { first: 'membership', second: 'membership', waits: true, source: read('Client.cpp add_update_chat_member: chat_id + (5 << 33)') },
];

export const DELIVERY = {
  /** Seconds before the next attempt, by how many attempts failed, until the limit. */
  delaysSeconds: { value: [0, 2, 4, 8, 16, 32], source: read('WebhookActor.cpp on_update_error: fail_count_ > 0, delay_ * 2; load_updates: delay_ = 1') },
  /** The limit is drawn anew for every failure between these. */
  longestDelaySeconds: {
    value: [60, 120],
    source: read('WebhookActor.cpp on_update_error: Random::fast(WEBHOOK_MAX_RESEND_TIMEOUT, … * 2); WebhookActor.h: 60'),
  },
  longestRetryAfterSeconds: { value: 3_600, source: read('WebhookActor.cpp on_update_error: clamp(retry_after, 0, MAX_RETRY_AFTER)') },
  /** The back-off goes on where it was: four failures, a Retry-After, the next delay is the fifth's. */
  retryAfterIsNoStep: { value: true, source: read('WebhookActor.cpp on_update_error: next_delay = update.delay_') },
  /** Header text and the seconds it stands for; 0 = as if it were not there. */
  retryAfterHeaders: {
    value: [
      ['5', 5],
      ['0', 0],
      ['-5', 0],
      ['1.5', 0],
      ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
    ],
    source: read('td HttpQuery.cpp get_retry_after: to_integer_safe<int>, max(0, …)'),
  },
  successStatuses: { value: [200, 204, 299], source: read('WebhookActor.cpp handle: 200 <= code && code <= 299') },
  messageExpirySeconds: { value: 86_400, source: read('Client.cpp process_new_message_queue: message_date + 86400 - now') },
  membershipExpirySeconds: { value: 86_400, source: read('Client.cpp add_update_chat_member: date_ + 86400') },
  pressExpirySeconds: { value: 150, source: read('Client.cpp process_new_callback_query_queue: add_update(…, 150, …)') },
  /** Given up as soon as the next attempt would come too late, not when its time comes. */
  expiryCountsTheWait: { value: true, source: read('WebhookActor.cpp on_update_error: unix_time + next_effective_delay > expires_at_') },
  defaultMaxConnections: { value: 40, source: reported('core.telegram.org/bots/api#setwebhook') },
  /** That many lanes are loaded per connection: if all of them fail, nothing else is tried. */
  lanesPerConnection: { value: 2, source: read('WebhookActor.cpp start_up: max_loaded_updates_ = max_connections_ * 2; load_updates') },
  secretHeader: { value: 'x-telegram-bot-api-secret-token', source: read('WebhookActor.cpp send_update') },
  longestPollSeconds: { value: 50, source: read('Client.cpp process_get_updates_query: LONG_POLL_MAX_TIMEOUT') },
} as const;

export const LIMITS = {
  privatePerSecond: { value: 1, source: reported('core.telegram.org/bots/faq: one message per second in one chat, short bursts are let through') },
  groupPerMinute: { value: 20, source: reported('core.telegram.org/bots/faq') },
  bulkPerSecond: { value: 30, source: reported('core.telegram.org/bots/faq') },
  textUtf16: { value: 4_096, source: reported('core.telegram.org/bots/api#sendmessage') },
  captionUtf16: { value: 1_024, source: reported('core.telegram.org/bots/api#sendphoto') },
  setWebhookPauseSeconds: { value: 1, source: read('Client.cpp process_set_webhook_query: next_allowed_set_webhook_time_ = now + 1, retry_after 1') },
} as const;

/** What has to be so before the call; the test knows how to bring it about. */
export type Given =
  'nothing' | 'a webhook is set' | 'the person blocked the bot' | 'the group removed the bot' | 'the group was upgraded' | 'an own message «привет»';

export type Refusal = Readonly<{
  name: string;
  given: Given;
  /** «own» is the bot's own token. */
  token: string;
  method: string;
  args: Readonly<Record<string, unknown>>;
  code: number;
  description: string;
  parameters?: Readonly<Record<string, number>>;
  /** May be asked of the real service: nobody gets anything, nothing changes. */
  harmless: boolean;
  source: Source;
}>;

const PERSON = 100_001;
const GROUP = -1_001_000_000_001;
const STRANGER = 5;
const row = (more: Partial<Refusal> & Pick<Refusal, 'name' | 'method' | 'code' | 'description' | 'source'>): Refusal => ({
  given: 'nothing',
  token: 'own',
  args: {},
  harmless: false,
  ...more,
});
const send = (text: string, more: object = {}) => ({ chat_id: PERSON, text, ...more });

export const REFUSALS: readonly Refusal[] = [
  row({
    name: 'a text without anything in it',
    method: 'sendMessage',
    args: send(''),
    code: 400,
    description: 'Bad Request: message text is empty',
    source: read('Client.cpp get_input_message_text'),
  }),
  row({
    name: 'a text of 4097',
    method: 'sendMessage',
    args: send('a'.repeat(4_097)),
    code: 400,
    description: 'Bad Request: message is too long',
    source: reported('«message is too long» of TDLib, prefixed by Client.cpp fail_query_with_error'),
  }),
  row({
    name: 'no chat',
    method: 'sendMessage',
    args: { text: 'x' },
    code: 400,
    description: 'Bad Request: chat_id is empty',
    harmless: true,
    source: read('Client.cpp check_chat'),
  }),
  row({
    name: 'a chat nobody knows',
    method: 'getChat',
    args: { chat_id: STRANGER },
    code: 400,
    description: 'Bad Request: chat not found',
    harmless: true,
    source: read('Client.cpp TdOnCheckChatCallback'),
  }),
  row({
    name: 'entities that are no JSON',
    method: 'sendMessage',
    args: send('x', { entities: 7 }),
    code: 400,
    description: "Bad Request: can't parse entities JSON object: expected an Array",
    source: { from: "the app looks for «can't parse entities»", verified: 'from design' },
  }),
  row({
    name: 'a reply to a message that is not there',
    method: 'sendMessage',
    args: send('x', { reply_parameters: { message_id: 77_777 } }),
    code: 400,
    description: 'Bad Request: message to be replied not found',
    source: read('Client.cpp TdOnCheckMessageCallback: message_type + " not found"'),
  }),
  row({
    name: 'an edit of a message that is not there',
    method: 'editMessageText',
    args: send('x', { message_id: 77_777 }),
    code: 400,
    description: 'Bad Request: message to edit not found',
    source: read('Client.cpp TdOnCheckMessageCallback: message_type + " not found"'),
  }),
  row({
    name: 'an edit that changes nothing',
    given: 'an own message «привет»',
    method: 'editMessageText',
    args: send('привет', { message_id: 1 }),
    code: 400,
    description:
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    source: read('Client.cpp fail_query_with_error: MESSAGE_NOT_MODIFIED'),
  }),
  row({
    name: 'a file nobody sent',
    method: 'getFile',
    args: { file_id: 'nonsense' },
    code: 400,
    description: 'Bad Request: invalid file_id',
    harmless: true,
    source: read('Client.cpp TdOnCheckRemoteFileIdCallback'),
  }),
  row({
    name: 'no file_id',
    method: 'getFile',
    code: 400,
    description: 'Bad Request: file_id not specified',
    harmless: true,
    source: read('Client.cpp check_remote_file_id'),
  }),
  row({
    name: 'an answer to a press long gone',
    method: 'answerCallbackQuery',
    args: { callback_query_id: '1' },
    code: 400,
    description: 'Bad Request: query is too old and response timeout expired or query ID is invalid',
    harmless: true,
    source: read('Client.cpp fail_query_with_error: QUERY_ID_INVALID'),
  }),
  row({
    name: 'the group became a supergroup',
    given: 'the group was upgraded',
    method: 'sendMessage',
    args: { chat_id: GROUP, text: 'x' },
    code: 400,
    description: 'Bad Request: group chat was upgraded to a supergroup chat',
    parameters: { migrate_to_chat_id: -1_001_000_000_002 },
    source: read('Client.cpp check_chat_access: upgraded_to_supergroup_id'),
  }),
  row({
    name: 'a webhook address without a host',
    method: 'setWebhook',
    args: { url: 'https://' },
    code: 400,
    description: 'Bad Request: invalid webhook URL specified',
    source: read('Client.cpp do_set_webhook'),
  }),
  row({
    name: 'a webhook over plain http',
    method: 'setWebhook',
    args: { url: 'http://example.org/hook' },
    code: 400,
    description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    source: read('WebhookActor.cpp start_up, Client.cpp on_webhook_closed'),
  }),
  row({
    name: 'a secret of 257',
    method: 'setWebhook',
    args: { url: 'https://example.org/hook', secret_token: 'a'.repeat(257) },
    code: 400,
    description: 'Bad Request: secret token is too long',
    source: read('Client.cpp do_set_webhook'),
  }),
  row({
    name: 'a secret with a space',
    method: 'setWebhook',
    args: { url: 'https://example.org/hook', secret_token: 'a b' },
    code: 400,
    description: 'Bad Request: secret token contains unallowed characters',
    source: read('Client.cpp do_set_webhook: is_base64url_characters'),
  }),
  row({
    name: 'a token of nobody',
    token: '42000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    method: 'getMe',
    code: 401,
    description: 'Unauthorized',
    harmless: true,
    source: read('Client.cpp get_closing_error'),
  }),
  row({
    name: 'a token that is none',
    token: 'nonsense',
    method: 'getMe',
    code: 401,
    description: 'Unauthorized: invalid token specified',
    source: read('ClientManager.cpp send'),
  }),
  row({
    name: 'the person blocked the bot',
    given: 'the person blocked the bot',
    method: 'sendMessage',
    args: send('x'),
    code: 403,
    description: 'Forbidden: bot was blocked by the user',
    source: read('Client.cpp fail_query_with_error: USER_IS_BLOCKED'),
  }),
  row({
    name: 'the group removed the bot',
    given: 'the group removed the bot',
    method: 'sendMessage',
    args: { chat_id: GROUP, text: 'x' },
    code: 403,
    description: 'Forbidden: bot was kicked from the supergroup chat',
    source: read('Client.cpp check_chat_access: chatMemberStatusBanned'),
  }),
  row({
    name: 'a method that is none',
    method: 'sendPoem',
    code: 404,
    description: 'Not Found: method not found',
    harmless: true,
    source: reported('clients that meet it when they ask an older server for a newer method'),
  }),
  row({
    name: 'getUpdates under a webhook',
    given: 'a webhook is set',
    method: 'getUpdates',
    code: 409,
    description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    source: read('Client.cpp process_get_updates_query'),
  }),
  row({
    name: 'setWebhook within a second of another',
    given: 'a webhook is set',
    method: 'setWebhook',
    args: { url: 'https://example.org/hook' },
    code: 429,
    description: 'Too Many Requests: retry after 1',
    parameters: { retry_after: 1 },
    source: read('Client.cpp process_set_webhook_query; Query.cpp set_retry_after_error'),
  }),
];

/** A waiting getUpdates is ended by these. */
export const ENDED_POLLS = [
  {
    by: 'another getUpdates that waits',
    description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    source: read('Client.cpp abort_long_poll, do_get_updates'),
  },
  { by: 'setWebhook', description: 'Conflict: terminated by setWebhook request', source: read('Client.cpp abort_long_poll') },
] as const;
