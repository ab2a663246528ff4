/** How a service differs from the portable base of Chat Completions, as far as this app sends it anything. */
export type ProviderTraits = Readonly<{
  /** Value of gen_ai.provider.name; OpenTelemetry's own where it has one. */
  telemetryName: string;
  /** Whether usage in a stream must be asked for by stream_options; `given` services send it anyway and some refuse the question. */
  streamUsage: 'asked' | 'given';
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** `nine`: ids of tool calls must be nine letters or digits, also those that another provider gave. */
  toolCallIds: 'any' | 'nine';
}>;

const BASE = { streamUsage: 'given', maxTokensField: 'max_tokens', toolCallIds: 'any' } as const;

/**
 * Known services by the host of their base URL, or the end of it. Each deviation has its source:
 * DeepSeek, stream_options: api-docs.deepseek.com/api/create-chat-completion; it sends ": keep-alive" comments for minutes: …/quick_start/rate_limit.
 * OpenAI, max_tokens deprecated and refused by reasoning models: platform.openai.com/docs/api-reference/chat/create.
 * Mistral, 422 on stream_options though usage is in the last chunk: github.com/openai/openai-agents-python/issues/442, github.com/TabbyML/tabby/pull/4082;
 * ids of nine characters: github.com/langchain-ai/langchain/pull/24668.
 * OpenRouter, usage always sent and the option without effect: openrouter.ai/docs/use-cases/usage-accounting.
 * Ollama, stream_options and max_tokens: github.com/ollama/ollama/blob/main/docs/openai.md.
 * Names: github.com/open-telemetry/semantic-conventions-genai (openai, deepseek, mistral_ai); the others are this app's.
 * Strict schemas and a switch for parallel calls are left out for all: our arguments have optional fields, which strict mode refuses,
 * every call is checked again by its schema, and several calls in one answer are run in order.
 */
const PROVIDERS: Readonly<Record<string, ProviderTraits>> = {
  'api.deepseek.com': { ...BASE, telemetryName: 'deepseek', streamUsage: 'asked' },
  'api.openai.com': { ...BASE, telemetryName: 'openai', streamUsage: 'asked', maxTokensField: 'max_completion_tokens' },
  'api.mistral.ai': { ...BASE, telemetryName: 'mistral_ai', toolCallIds: 'nine' },
  'openrouter.ai': { ...BASE, telemetryName: 'openrouter' },
  'ollama.com': { ...BASE, telemetryName: 'ollama', streamUsage: 'asked' },
};

const OLLAMA_PORT = '11434';
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Traits of the service behind a base URL. Unknown ones get what every compatible server takes. */
export const traitsOf = (baseUrl: string): ProviderTraits => {
  const { hostname, port } = new URL(baseUrl);
  const known = Object.entries(PROVIDERS).find(([host]) => hostname === host || hostname.endsWith(`.${host}`));
  if (known) return known[1];
  if (port === OLLAMA_PORT) return { ...BASE, telemetryName: 'ollama', streamUsage: 'asked' };
  // A server of one's own (the sandbox, vLLM, llama.cpp, LM Studio) counts tokens only when asked, and ignores what it does not know.
  if (LOOPBACK.test(hostname)) return { ...BASE, telemetryName: hostname, streamUsage: 'asked' };
  return { ...BASE, telemetryName: hostname };
};
