import type { FailureOutcome } from './failure.ts';
import type { ModelRequest } from './port.ts';

/** One attempt at a provider as it is kept: figures only, no text of anybody. */
export type LlmCall = Readonly<{
  laneKey: string;
  turnId: string;
  purpose: ModelRequest['purpose'];
  provider: string;
  model: string;
  outcome: 'ok' | FailureOutcome;
  status: number | undefined;
  inputTokens: number;
  outputTokens: number;
  /** Millionths of the currency of LLM_INPUT_PRICE. */
  costMicro: number;
  firstChunkMs: number | undefined;
  durationMs: number;
}>;

/** Keeps an attempt. May fail: its caller goes on without. */
export type RecordCall = (call: LlmCall) => Promise<void>;

/** Runs one statement with named bindings. */
type Execute = (sql: string, bindings: Record<string, string | number | null>) => Promise<unknown>;

const INSERT = `
INSERT INTO llm_call (lane_key, turn_id, purpose, provider, model, outcome, status, input_tokens, output_tokens, cost_micro, first_chunk_ms, duration_ms)
VALUES (:laneKey, :turnId, :purpose, :provider, :model, :outcome, :status, :inputTokens, :outputTokens, :costMicro, :firstChunkMs, :durationMs)`;

/** Writes attempts into llm_call, outside the turn's transactions: what was spent stays spent when the turn is lost. */
export const createRecordCall =
  (execute: Execute): RecordCall =>
  async ({ status, firstChunkMs, durationMs, ...call }) => {
    const rounded = firstChunkMs === undefined ? null : Math.round(firstChunkMs);
    await execute(INSERT, { ...call, status: status ?? null, firstChunkMs: rounded, durationMs: Math.round(durationMs) });
  };
