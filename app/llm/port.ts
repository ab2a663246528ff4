/** A message of a chat completion, as every compatible provider takes it. */
export type ChatMessage =
  | Readonly<{ role: 'system' | 'user'; content: string }>
  | Readonly<{ role: 'assistant'; content: string; toolCalls: readonly ToolCall[] }>
  | Readonly<{ role: 'tool'; toolCallId: string; content: string }>;

export type ToolCall = Readonly<{ id: string; name: string; argumentsJson: string }>;

export type ToolSpec = Readonly<{ name: string; description: string; parameters: Readonly<Record<string, unknown>> }>;

/** Whose turn a call belongs to, for its cost, its trace and its record. */
export type ModelCaller = Readonly<{ turnId: string; laneKey: string; traceparent: string | undefined }>;

export type ModelRequest = Readonly<{
  caller: ModelCaller;
  purpose: 'answer' | 'repair' | 'summary';
  messages: readonly ChatMessage[];
  tools: readonly ToolSpec[];
  signal: AbortSignal;
  /** Monotonic time by which the whole answer must be there, whatever is left of attempts. */
  deadlineMs: number;
}>;

/** One answer of a model: a text, tool calls, or both; nothing at all only where the request ends with results of tools. */
export type ModelAnswer = Readonly<{
  text: string;
  toolCalls: readonly ToolCall[];
  usage: Readonly<{ inputTokens: number; outputTokens: number }>;
  model: string;
}>;

/** A language model. Throws AppError MODEL_UNAVAILABLE or MODEL_ANSWER_INVALID when, after retries and failover, no provider has answered usably. */
export type Model = Readonly<{ complete: (request: ModelRequest) => Promise<ModelAnswer> }>;
