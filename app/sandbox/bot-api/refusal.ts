export type RefusalParameters = Readonly<{ retry_after: number }> | Readonly<{ migrate_to_chat_id: number }>;

/** An answer `{"ok":false}` with the code and wording of the real Bot API. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errorCode: number;
  readonly parameters: RefusalParameters | undefined;

  constructor(errorCode: number, description: string, parameters?: RefusalParameters) {
    super(description);
    this.errorCode = errorCode;
    this.parameters = parameters;
  }
}

export const badRequest = (description: string): Refusal => new Refusal(400, `Bad Request: ${description}`);

/** 429, whole seconds, at least one. */
export const tooManyRequests = (waitMs: number): Refusal => {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
};

/** 403 of a chat the bot may not write to any more. */
export const closedChat = (chatId: number): Refusal =>
  new Refusal(403, chatId < 0 ? 'Forbidden: bot was kicked from the supergroup chat' : 'Forbidden: bot was blocked by the user');

export const migratedChat = (toChatId: number): Refusal =>
  new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: toChatId });
