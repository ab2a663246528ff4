import type { Clock } from '../kit/clock.ts';
import { sha256Hex } from '../kit/ids.ts';
import { AppError, isAppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Steps } from '../lanes/steps.ts';
import { maskMessages, type MaskOptions, type UnmaskedAnswer } from '../llm/mask.ts';
import type { ChatMessage, Model, ModelCaller } from '../llm/port.ts';
import { buildPrompting, buildRepair } from '../llm/prompt.ts';
import { TOOL_SPECS } from '../llm/tools.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Problem } from './check-answer.ts';
import type { RunTool } from './tools/run-tool.ts';

type Conversation = Readonly<{
  caller: ModelCaller;
  prompt: (done: readonly unknown[]) => readonly ChatMessage[];
  steps: Steps;
  signal: AbortSignal;
  runTool: RunTool;
  mask: MaskOptions;
  /** What keeps an answer from being sent, given what the tools of this turn returned; [] = nothing. */
  check: (answer: UnmaskedAnswer, toolResults: readonly unknown[]) => Promise<readonly Problem[]>;
}>;
type Deps = Readonly<{
  model: Model;
  maxSteps: number;
  /** For all model calls of one answer together. */
  totalTimeoutMs: number;
  metrics: Pick<Metrics, 'answerChecked'>;
  clock: Clock;
  logger: Logger;
}>;

/** A text that may be sent, or what the tools returned where the model did not find one. */
export type Spoken = Readonly<{ kind: 'said'; text: string }> | Readonly<{ kind: 'refused'; toolResults: readonly unknown[] }>;

type Timed = Conversation & Readonly<{ deadlineMs: number }>;
/** What a model said beside its calls; `tellsAll`: the tools returned nothing that it could not know then. */
type Beside = Readonly<{ answer: UnmaskedAnswer; tellsAll: boolean }>;
type Round = { readonly messages: ChatMessage[]; readonly toolResults: unknown[]; repairing: boolean; beside: Beside | undefined; prompted: boolean };

const hashOf = (messages: readonly ChatMessage[]): string => sha256Hex(JSON.stringify([messages, TOOL_SPECS]));

const toMessage = ({ text, toolCalls }: UnmaskedAnswer): ChatMessage => ({ role: 'assistant', content: text, toolCalls });

/** The last text that stood beside calls, and whether anything came after it that it could not know. */
const besideOf = (before: Beside | undefined, answer: UnmaskedAnswer, results: readonly unknown[]): Beside | undefined => {
  const isPlain = (result: unknown): boolean => ['handed_over', 'cancelled'].includes((result as { did?: string } | null)?.did ?? '');
  const said = answer.text.trim() === '' ? before : { answer: { ...answer, toolCalls: [] }, tellsAll: true };
  return said && { ...said, tellsAll: said.tellsAll && results.every(isPlain) };
};

const isModelError = (error: unknown): boolean => isAppError(error, 'MODEL_UNAVAILABLE') || isAppError(error, 'MODEL_ANSWER_INVALID');

/**
 * Model and tools in turn until the model has nothing more to look up and its answer may be sent; a wrong one goes back to it once. Every
 * answer and tool result is stored as it comes and replayed after a takeover. When the stored steps belong to another release or
 * content, they are dropped; what was done stays done and is shown to the model. Only the model sees placeholders: what is stored is real.
 */
export const createConverse = ({ model, maxSteps, totalTimeoutMs, metrics, clock, logger }: Deps) => {
  /** Undefined: another release or content has stored something else in this place. */
  const ask = async ({ messages, repairing }: Round, stepNo: number, conversation: Timed): Promise<UnmaskedAnswer | undefined> => {
    const { caller, steps, signal, deadlineMs, mask } = conversation;
    const key = { stepNo, callIndex: 0, contentHash: hashOf(messages) };
    const stored = steps.recall(key);
    if (stored) return stored.kind === 'same' ? (stored.result as UnmaskedAnswer) : undefined;
    const masked = maskMessages(messages, mask);
    const purpose = repairing ? 'repair' : 'answer';
    const answer = await model.complete({ caller, purpose, messages: masked.messages, tools: TOOL_SPECS, signal, deadlineMs });
    return steps.store('model', key, masked.unmask(answer));
  };

  const runTools = async ({ toolCalls, unknownArguments }: UnmaskedAnswer, stepNo: number, { runTool }: Conversation): Promise<unknown[]> => {
    const results: unknown[] = [];
    for (const [index, call] of toolCalls.entries()) {
      const strange = unknownArguments[index] ?? undefined;
      // a booking in the name of <name:9> helps nobody
      const refusal = { ok: false, error: `${strange ?? ''} stands for nothing; use placeholders of the dialogue as they are, or ask the customer` };
      results.push(strange === undefined ? await runTool(call, { stepNo, callIndex: index + 1 }) : refusal);
    }
    return results;
  };

  /** Undefined: the answer went back to the model. */
  const judge = async (round: Round, answer: UnmaskedAnswer, { check }: Conversation): Promise<Spoken | undefined> => {
    const problems = await check(answer, round.toolResults);
    if (problems.length === 0) {
      metrics.answerChecked(round.repairing ? 'repaired' : 'ok');
      return { kind: 'said', text: answer.text };
    }
    logger.warn({ problems: problems.map(({ kind }) => kind), repairing: round.repairing }, 'an answer of the model was kept back');
    if (round.repairing) return { kind: 'refused', toolResults: round.toolResults };
    round.messages.push(toMessage(answer), buildRepair(problems.map(({ message }) => message)));
    round.repairing = true;
    return undefined;
  };

  /** A model that called its tools and then said nothing: what it said beside them if that is enough, or it is asked for a word once. */
  const takeSilence = async (round: Round, conversation: Timed): Promise<Spoken | undefined> => {
    const { beside, prompted } = round;
    if (beside && (beside.tellsAll || prompted)) {
      round.beside = undefined;
      return judge(round, beside.answer, conversation);
    }
    if (prompted) throw new AppError('MODEL_ANSWER_INVALID', 'the model said nothing after its tools, and nothing when it was asked to');
    round.prompted = true;
    round.messages.push(...buildPrompting());
    return undefined;
  };

  /** One call of the model and what follows from it. */
  const step = async (round: Round, stepNo: number, conversation: Timed): Promise<Spoken | 'go on' | 'changed'> => {
    const answer = await ask(round, stepNo, conversation);
    if (!answer) return 'changed';
    if (answer.toolCalls.length === 0) {
      return (await (answer.text.trim() === '' ? takeSilence(round, conversation) : judge(round, answer, conversation))) ?? 'go on';
    }
    const results = await runTools(answer, stepNo, conversation);
    round.toolResults.push(...results);
    round.beside = besideOf(round.beside, answer, results);
    round.messages.push(toMessage(answer));
    for (const [index, { id }] of answer.toolCalls.entries()) round.messages.push({ role: 'tool', toolCallId: id, content: JSON.stringify(results[index]) });
    return 'go on';
  };

  /** What there is without the model: what it said beside its calls, or in a repair what the tools found. Both are more than an apology. */
  const withoutModel = async ({ repairing, toolResults, prompted, beside }: Round, error: unknown, { signal, check }: Conversation): Promise<Spoken> => {
    signal.throwIfAborted();
    if (!isModelError(error)) throw error;
    if (prompted && beside && (await check(beside.answer, toolResults)).length === 0) {
      metrics.answerChecked(repairing ? 'repaired' : 'ok');
      return { kind: 'said', text: beside.answer.text };
    }
    if (!repairing) throw error;
    return { kind: 'refused', toolResults };
  };

  const attempt = async (conversation: Timed): Promise<Spoken | undefined> => {
    const round: Round = {
      messages: [...conversation.prompt(conversation.steps.carried())],
      toolResults: [],
      repairing: false,
      beside: undefined,
      prompted: false,
    };
    const base = conversation.steps.base();
    try {
      for (let stepNo = base; stepNo < base + maxSteps; stepNo++) {
        conversation.signal.throwIfAborted();
        const outcome = await step(round, stepNo, conversation);
        if (outcome === 'changed') return undefined;
        if (outcome !== 'go on') return outcome;
      }
      throw new AppError('MODEL_ANSWER_INVALID', `no answer within ${maxSteps} steps`);
    } catch (error) {
      return await withoutModel(round, error, conversation);
    }
  };

  const speak = async (conversation: Timed): Promise<Spoken> => {
    const first = await attempt(conversation);
    if (first !== undefined) return first;
    await conversation.steps.fork();
    const second = await attempt(conversation);
    if (second === undefined) throw new AppError('MODEL_ANSWER_INVALID', 'stored steps changed under the turn');
    return second;
  };

  return async (untimed: Conversation): Promise<Spoken> => {
    const spoken = await speak({ ...untimed, deadlineMs: clock.monotonicMs() + totalTimeoutMs });
    if (spoken.kind === 'refused') metrics.answerChecked('replaced');
    return spoken;
  };
};

export type Converse = ReturnType<typeof createConverse>;
