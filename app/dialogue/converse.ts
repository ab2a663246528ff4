import type { Clock } from '../kit/clock.ts';
import { sha256Hex } from '../kit/ids.ts';
import { AppError } from '../kit/errors.ts';
import type { ChatMessage, Model, ModelAnswer, ModelCaller, ToolCall } from '../llm/port.ts';
import { TOOL_SPECS } from '../llm/tools.ts';
import type { Steps } from '../lanes/steps.ts';
import type { RunTool } from './tools/run-tool.ts';

type Conversation = Readonly<{
  caller: ModelCaller;
  prompt: (done: readonly unknown[]) => readonly ChatMessage[];
  steps: Steps;
  signal: AbortSignal;
  runTool: RunTool;
}>;
type Deps = Readonly<{
  model: Model;
  maxSteps: number;
  /** For all model calls of one answer together. */
  totalTimeoutMs: number;
  clock: Clock;
}>;

type Timed = Conversation & Readonly<{ deadlineMs: number }>;

const hashOf = (messages: readonly ChatMessage[]): string => sha256Hex(JSON.stringify([messages, TOOL_SPECS]));

/**
 * Model and tools in turn until the model has nothing more to look up. Every answer and tool result is stored as it comes and
 * replayed after a takeover. When the stored steps belong to another release or content, they are dropped; what was done stays
 * done and is shown to the model.
 */
export const createConverse = ({ model, maxSteps, totalTimeoutMs, clock }: Deps) => {
  /** Undefined: another release or content has stored something else in this place. */
  const ask = async (messages: readonly ChatMessage[], stepNo: number, { caller, steps, signal, deadlineMs }: Timed): Promise<ModelAnswer | undefined> => {
    const key = { stepNo, callIndex: 0, contentHash: hashOf(messages) };
    const stored = steps.recall(key);
    if (stored) return stored.kind === 'same' ? (stored.result as ModelAnswer) : undefined;
    return steps.store('model', key, await model.complete({ caller, purpose: 'answer', messages, tools: TOOL_SPECS, signal, deadlineMs }));
  };

  const runTools = async (calls: readonly ToolCall[], stepNo: number, { runTool }: Conversation): Promise<ChatMessage[]> => {
    const results: ChatMessage[] = [];
    for (const [index, call] of calls.entries()) {
      const result = await runTool(call, { stepNo, callIndex: index + 1 });
      results.push({ role: 'tool', toolCallId: call.id, content: JSON.stringify(result) });
    }
    return results;
  };

  const attempt = async (conversation: Timed): Promise<string | undefined> => {
    const messages = [...conversation.prompt(conversation.steps.carried())];
    const base = conversation.steps.base();
    for (let stepNo = base; stepNo < base + maxSteps; stepNo++) {
      conversation.signal.throwIfAborted();
      const answer = await ask(messages, stepNo, conversation);
      if (!answer) return undefined;
      if (answer.toolCalls.length === 0) return answer.text;
      messages.push({ role: 'assistant', content: answer.text, toolCalls: answer.toolCalls });
      messages.push(...(await runTools(answer.toolCalls, stepNo, conversation)));
    }
    throw new AppError('MODEL_ANSWER_INVALID', `no answer within ${maxSteps} steps`);
  };

  return async (untimed: Conversation): Promise<string> => {
    const conversation = { ...untimed, deadlineMs: clock.monotonicMs() + totalTimeoutMs };
    const first = await attempt(conversation);
    if (first !== undefined) return first;
    await conversation.steps.fork();
    const second = await attempt(conversation);
    if (second === undefined) throw new AppError('MODEL_ANSWER_INVALID', 'stored steps changed under the turn');
    return second;
  };
};

export type Converse = ReturnType<typeof createConverse>;
