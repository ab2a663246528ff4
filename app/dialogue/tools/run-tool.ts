import { sha256Hex } from '../../kit/ids.ts';
import type { ToolCall } from '../../llm/port.ts';
import { parseToolCall, TOOL_SPECS, type ToolArguments, type ToolName } from '../../llm/tools.ts';
import { GEN_AI, withSpan } from '../../observability/tracing.ts';
import type { StepKey, Steps } from '../../lanes/steps.ts';
import type { Turn } from '../../lanes/turn.ts';
import type { Sender } from '../../telegram/incoming.ts';

export type RunTool = (call: ToolCall, place: Readonly<{ stepNo: number; callIndex: number }>) => Promise<unknown>;

/** On whose behalf a tool works: scope comes from the server, whatever the model says. */
export type ToolCaller = Readonly<{ turn: Turn; sender: Sender; at: Date; steps: Steps }>;

/** Does the work and stores its result under `key`: a look-up by `steps.store`, an effect by `steps.effect`. */
export type ToolWork<Name extends ToolName> = (args: ToolArguments[Name], caller: ToolCaller, key: StepKey) => Promise<unknown>;
export type Toolbox = Readonly<{ [Name in ToolName]: ToolWork<Name> }>;

/** A name the model made up may be anything, a customer's words included: it stays out of spans. */
const spanOf = ({ name }: ToolCall) => {
  const known = TOOL_SPECS.some((spec) => spec.name === name) ? name : 'unknown';
  return { name: `execute_tool ${known}`, attributes: { [GEN_AI.operation]: 'execute_tool', [GEN_AI.toolName]: known, [GEN_AI.toolType]: 'function' } };
};

/** The tools of a turn: arguments checked, stored results replayed. A problem is an answer to the model, which may try again. */
export const createTools =
  (toolbox: Toolbox) =>
  (caller: ToolCaller): RunTool => {
    const run: RunTool = async (call, { stepNo, callIndex }) => {
      const key = { stepNo, callIndex, contentHash: sha256Hex(`${call.name}\n${call.argumentsJson}`) };
      const stored = caller.steps.recall(key);
      if (stored?.kind === 'same') return stored.result;
      const parsed = parseToolCall(call.name, call.argumentsJson);
      if (!parsed.ok) return { ok: false, error: parsed.problem };
      const work = toolbox[parsed.name] as (args: unknown, caller: ToolCaller, key: StepKey) => Promise<unknown>; // name and arguments were parsed together
      return work(parsed.args, caller, key);
    };
    return (call, place) => withSpan(spanOf(call), () => run(call, place));
  };

export type CreateTurnTools = ReturnType<typeof createTools>;
