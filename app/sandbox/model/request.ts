import { z } from 'zod';

const textPart = z.object({ type: z.string(), text: z.string().optional() });
/** Text, or parts of which only the text is read; pictures are beyond a script. */
const content = z
  .union([z.string(), z.array(textPart), z.null()])
  .transform((value) => (Array.isArray(value) ? value.map((part) => part.text ?? '').join('\n') : (value ?? '')));
const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content }),
  z.object({ role: z.literal('developer'), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content: content.default(''),
    tool_calls: z
      .array(toolCall)
      .nullish()
      .transform((calls) => calls ?? []),
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string().min(1) }),
]);

/** The part of a chat completion request that the script reads; everything else is let through. */
export const chatRequest = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(z.object({ type: z.string(), function: z.object({ name: z.string() }) }))
    .nullish()
    .transform((tools) => tools ?? []),
  tool_choice: z.unknown().optional(),
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type ChatMessage = ChatRequest['messages'][number];

/** The rule every real provider enforces: each tool call is answered before anything else is said, and nothing else is answered. */
export const findToolOrderProblem = (messages: readonly ChatMessage[]): string | undefined => {
  let open = new Set<string>();
  for (const [index, item] of messages.entries()) {
    if (item.role === 'tool') {
      if (!open.delete(item.tool_call_id)) return `messages[${index}]: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`;
      continue;
    }
    if (open.size > 0) return `messages[${index}]: an assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.`;
    if (item.role === 'assistant') open = new Set(item.tool_calls.map(({ id }) => id));
  }
  return open.size > 0 ? "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'." : undefined;
};
