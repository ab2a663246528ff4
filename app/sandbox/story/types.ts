/** How a step came to its story: by the trace id that the bot sent along, or by order, time and words alone. */
export type By = 'trace' | 'order';

/** All times are milliseconds since the epoch, all durations milliseconds; texts are cut (see `shorten`). */
type Common = Readonly<{ at: number }>;

export type UpdateStep = Common & Readonly<{ kind: 'update'; updateId: number; what: 'message' | 'edited' | 'press' | 'member'; text: string; heard: boolean }>;

/** One delivery attempt, or the update's end. `how` `taken`: by getUpdates. `status` null: no answer. */
type WebhookStep = Common &
  Readonly<{
    kind: 'webhook';
    updateId: number;
    how: 'delivered' | 'failed' | 'expired' | 'taken';
    attempt: number;
    status: number | null;
    ms: number | null;
    error: string | null;
  }>;

export type AskedTool = Readonly<{ callId: string; name: string; args: unknown }>;
export type Tokens = Readonly<{ prompt: number; completion: number }>;

/** One request to the model. `how` `left`: the bot stopped waiting; `attempt` counts equal requests of this story. */
export type ModelStep = Common & {
  readonly kind: 'model';
  readonly purpose: 'answer' | 'repair' | 'summary';
  readonly attempt: number;
  readonly stream: boolean;
  readonly by: By;
  how: 'running' | 'answered' | 'cut' | 'left';
  status: number | null;
  ms: number | null;
  fault: string | null;
  tools: readonly AskedTool[];
  text: string;
  tokens: Tokens | null;
};

/** What a tool gave the model, read from the model's next request. `ms` is from the call to that request, so it is a little too long. */
type ToolStep = Common & Readonly<{ kind: 'tool'; callId: string; name: string; args: unknown; result: unknown; ms: number | null }>;

/** One call of the Bot API that acts in a chat. `told` null: still open. `applied`: the message is in the chat, whatever the bot was told. */
export type SendStep = Common & {
  readonly kind: 'send';
  readonly method: string;
  readonly chatId: number;
  readonly chatName: string;
  readonly notice: boolean;
  readonly text: string;
  readonly attempt: number;
  readonly how: 'answer' | 'silence' | 'cut';
  readonly status: number | null;
  readonly fault: string | null;
  readonly description: string | null;
  readonly retryAfter: number | null;
  readonly applied: boolean;
  /** The model was still being asked. */
  readonly meanwhile: boolean;
  told: boolean | null;
  ms: number | null;
};

/** This update was answered together with another story's. */
type JoinedStep = Common & Readonly<{ kind: 'joined'; storyId: number }>;

export type Step = UpdateStep | WebhookStep | ModelStep | ToolStep | SendStep | JoinedStep;

/** What one update (or one album) led to; without an `update` step the bot acted by itself. */
export type Story = {
  readonly id: number;
  readonly chatId: number;
  readonly chatName: string;
  readonly startedAt: number;
  readonly albumId: string | null;
  readonly traceIds: string[];
  readonly steps: Step[];
  /** Steps that were left out because the story became too long. */
  dropped: number;
};

const TEXT_LIMIT = 240;

export const shorten = (text: string, limit = TEXT_LIMIT): string => (text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text);
