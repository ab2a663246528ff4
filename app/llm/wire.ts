import type OpenAI from 'openai';
import { sha256Hex } from '../kit/ids.ts';
import type { ChatMessage, ModelRequest, ToolSpec } from './port.ts';
import type { ProviderTraits } from './providers.ts';

type Wire = OpenAI.Chat.Completions.ChatCompletionMessageParam;
export type WireRequest = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;
type IdOf = (id: string) => string;

const FITS_NINE = /^[A-Za-z0-9]{9}$/;

// the same id in the call and in its result, whichever provider gave it
const ID_OF: Readonly<Record<ProviderTraits['toolCallIds'], IdOf>> = {
  any: (id) => id,
  nine: (id) => (FITS_NINE.test(id) ? id : sha256Hex(id).slice(0, 9)),
};

const messageToWire = (message: ChatMessage, idOf: IdOf): Wire => {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: idOf(message.toolCallId), content: message.content };
  if (message.role !== 'assistant') return { role: message.role, content: message.content };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.content };
  const calls = message.toolCalls.map(({ id, name, argumentsJson }) => ({
    id: idOf(id),
    type: 'function' as const,
    function: { name, arguments: argumentsJson },
  }));
  return { role: 'assistant', content: message.content || null, tool_calls: calls };
};

const toolToWire = ({ name, description, parameters }: ToolSpec): OpenAI.Chat.Completions.ChatCompletionTool => ({
  type: 'function',
  function: { name, description, parameters: { ...parameters } },
});

type Options = Readonly<{ model: string; maxOutputTokens: number; traits: ProviderTraits }>;

/** A request as the provider takes it: only fields that it is known to know. */
export const toWire = ({ messages, tools }: Pick<ModelRequest, 'messages' | 'tools'>, { model, maxOutputTokens, traits }: Options): WireRequest => {
  const idOf = ID_OF[traits.toolCallIds];
  return {
    model,
    messages: messages.map((message) => messageToWire(message, idOf)),
    ...(tools.length > 0 ? { tools: tools.map(toolToWire) } : {}), // an empty list is refused by OpenAI and Mistral
    [traits.maxTokensField]: maxOutputTokens,
    stream: true,
    ...(traits.streamUsage === 'asked' ? { stream_options: { include_usage: true } } : {}),
  };
};
