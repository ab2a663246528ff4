import { z } from 'zod';
import type { Clock } from '../../kit/clock.ts';
import { asEvents, asJson, buildCompletion, SCRIPTED_MODEL } from './completion.ts';
import { decide as decideByScript, type Decision } from './decide.ts';
import { type ChatRequest, chatRequest, findToolOrderProblem } from './request.ts';

export type ModelAnswer = Readonly<{ status: number; json: Readonly<Record<string, unknown>> }> | Readonly<{ status: 200; events: readonly string[] }>;

const refuse = (status: number, { code, message }: { code: string; message: string }): ModelAnswer => ({
  status,
  json: { error: { message, type: 'invalid_request_error', param: null, code } },
});

/** The answer to a request without the right key, before its body is read. */
export const wrongKey = (): ModelAnswer => refuse(401, { code: 'invalid_api_key', message: 'Incorrect API key provided.' });

export const listModels = (): ModelAnswer => ({
  status: 200,
  json: { object: 'list', data: [{ id: SCRIPTED_MODEL, object: 'model', created: 1_764_000_000, owned_by: 'valera-sandbox' }] },
});

export type Decide = (request: ChatRequest) => Decision;

/** `POST /chat/completions` as a function of the parsed body; refuses what real providers refuse. `change` is where a fault puts its own decision. */
export const createModelApi = ({ clock, decide = decideByScript }: { clock: Clock; decide?: Decide | undefined }) => ({
  complete: (body: unknown, change: (decision: Decision) => Decision = (decision) => decision): ModelAnswer => {
    const parsed = chatRequest.safeParse(body);
    if (!parsed.success) return refuse(400, { code: 'invalid_value', message: z.prettifyError(parsed.error) });
    const request = parsed.data;
    if (request.model !== SCRIPTED_MODEL)
      return refuse(404, { code: 'model_not_found', message: `The model '${request.model}' does not exist; this server has '${SCRIPTED_MODEL}'.` });
    const problem = findToolOrderProblem(request.messages);
    if (problem) return refuse(400, { code: 'invalid_value', message: problem });
    const completion = buildCompletion(request, change(decide(request)), clock.now());
    if (request.stream) return { status: 200, events: asEvents(completion, { includeUsage: request.stream_options?.include_usage ?? false }) };
    return { status: 200, json: asJson(completion) };
  },
});
export type ModelApi = ReturnType<typeof createModelApi>;
