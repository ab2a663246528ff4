import type { ModelAnswer, ToolCall } from './port.ts';

/** What compatible servers write into choices[0].delta or .message; nothing of it is sure to be there or to have this type. */
export type WireDelta = Readonly<{ content?: unknown; tool_calls?: unknown }>;
type WireCall = Readonly<{ index?: unknown; id?: unknown; function?: Readonly<{ name?: unknown; arguments?: unknown }> | null }>;
type WireChoice = Readonly<{ delta?: WireDelta | null; message?: WireDelta | null; finish_reason?: unknown }>;
type WireUsage = Readonly<{ prompt_tokens?: unknown; completion_tokens?: unknown }>;
export type WireChunk = Readonly<{ model?: unknown; choices?: unknown; usage?: WireUsage | null; error?: unknown }>;

type Draft = { index: unknown; id: string; name: string; argumentsJson: string };

export type Assembled = Readonly<{
  text: string;
  toolCalls: readonly ToolCall[];
  usage: ModelAnswer['usage'];
  model: string | undefined;
  finishReason: string | undefined;
}>;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

type WirePart = Readonly<{ type?: unknown; text?: unknown }> | null;

// Mistral's reasoning models send parts instead of a string; their thoughts are parts of another type
const partOf = (part: WirePart): string => (part?.type === undefined || part.type === 'text' ? textOf(part?.text) : '');
const contentOf = (content: unknown): string => (Array.isArray(content) ? (content as readonly WirePart[]).map(partOf).join('') : textOf(content));

// a server that has parsed the arguments already sends an object
const argumentsOf = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : textOf(value));

const isWholeJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A piece without an id that says by its name that it is another call: another name, or more arguments where those so far are whole. */
const beginsAnother = (known: Draft, { function: called }: WireCall): boolean => {
  const name = textOf(called?.name);
  if (name === '' || known.name === '') return false;
  return name !== known.name || (argumentsOf(called?.arguments).trim() !== '' && isWholeJson(known.argumentsJson));
};

const countOf = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0);

/**
 * Puts an answer together from its pieces. A tool call is continued by its index; where the index is missing, by a piece without an id.
 * A new id starts a new call even under a known index: some servers number every call 0. Where they give no ids either, a new name does.
 * Only `content` is text: what a model thinks (`reasoning_content` and its kin) is nobody's answer.
 */
export const createAssembly = () => {
  let text = '';
  let model: string | undefined;
  let finishReason: string | undefined;
  let usage: ModelAnswer['usage'] = { inputTokens: 0, outputTokens: 0 };
  const calls: Draft[] = [];

  const isContinued = (known: Draft, call: WireCall): boolean => {
    const id = textOf(call.id);
    if (id !== '' && known.id !== '') return id === known.id;
    return !beginsAnother(known, call);
  };

  const draftFor = (call: WireCall): Draft => {
    const { index } = call;
    const named = textOf(call.id);
    const known = index === undefined || index === null ? calls.at(-1) : calls.findLast((candidate) => candidate.index === index);
    if (known && isContinued(known, call)) return known;
    const draft = { index, id: named, name: '', argumentsJson: '' };
    calls.push(draft);
    return draft;
  };

  const addCall = (call: WireCall): void => {
    const draft = draftFor(call);
    draft.id ||= textOf(call.id);
    draft.name ||= textOf(call.function?.name); // some servers repeat it in every piece
    draft.argumentsJson += argumentsOf(call.function?.arguments);
  };

  const addPart = ({ content, tool_calls: parts }: WireDelta): void => {
    text += contentOf(content);
    if (Array.isArray(parts)) for (const call of parts as readonly (WireCall | null)[]) addCall(call ?? {});
  };

  const addChoice = ({ delta, message, finish_reason: reason }: WireChoice): void => {
    addPart(delta ?? message ?? {});
    finishReason = textOf(reason) || finishReason;
  };

  // an id pairs a call with its result, so each needs one of its own
  const identified = (): ToolCall[] => {
    const taken = new Set<string>();
    return calls.map(({ id, name, argumentsJson }, number) => {
      const own = id === '' || taken.has(id) ? `call_${number}` : id;
      taken.add(own);
      return { id: own, name, argumentsJson };
    });
  };

  return {
    add: (chunk: WireChunk): void => {
      model = textOf(chunk.model) || model;
      if (chunk.usage) usage = { inputTokens: countOf(chunk.usage.prompt_tokens), outputTokens: countOf(chunk.usage.completion_tokens) };
      if (Array.isArray(chunk.choices)) addChoice((chunk.choices[0] as WireChoice | undefined) ?? {});
    },
    result: (): Assembled => ({ text, toolCalls: identified(), usage, model, finishReason }),
  };
};
