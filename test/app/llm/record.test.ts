import assert from 'node:assert/strict';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { costMicro } from '../../../app/llm/cost.ts';
import { createRecordCall } from '../../../app/llm/record.ts';
import { createReaper } from '../../../app/lanes/reaper.ts';
import { withSpan } from '../../../app/observability/tracing.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { testConfig } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { startModelServer, type ModelServer } from '../../support/model-server.ts';
import { CALLER, modelFor } from './support.ts';

describe('what is kept of a model call', () => {
  let database: MigratedDatabase;
  let server: ModelServer;
  before(async () => {
    database = await createMigratedDatabase();
    server = await startModelServer(() => ({ text: 'Меня зовут Валера' }));
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });
  beforeEach(async () => {
    server.requests.length = 0;
    server.answerWith(() => ({ text: 'Меня зовут Валера' }));
    await database.db('llm_call').delete();
  });

  const PRICES = { LLM_INPUT_PRICE: '0.27', LLM_OUTPUT_PRICE: '1.10' };
  const model = () =>
    modelFor({
      env: { LLM_BASE_URL: server.baseUrl, LLM_MODEL: 'm1', ...PRICES },
      record: createRecordCall((sql, bindings) => database.db.raw(sql, bindings)),
    });

  it('a row for each attempt, failed ones too, with figures and no word of anybody', async () => {
    const { ask, metrics } = model();
    server.answerWith(() => (server.requests.length === 1 ? { status: 500 } : { text: 'тайна' }));
    await ask({ purpose: 'repair', messages: [{ role: 'user', content: 'секрет клиента' }] });
    const rows = await database.db('llm_call').orderBy('id');
    const provider = new URL(server.baseUrl).host;
    const common = { lane_key: CALLER.laneKey, turn_id: CALLER.turnId, purpose: 'repair', provider, model: 'm1' };
    const measured = ['id', 'at', 'duration_ms', 'first_chunk_ms'];
    const kept = rows.map((row: object) => Object.fromEntries(Object.entries(row).filter(([column]) => !measured.includes(column))));
    assert.deepEqual(kept, [
      { ...common, outcome: 'unavailable', status: 500, input_tokens: 0, output_tokens: 0, cost_micro: 0 },
      { ...common, outcome: 'ok', status: null, input_tokens: 10, output_tokens: 5, cost_micro: 9 }, // 10 × 0.27 + 5 × 1.10 = 8.2
    ]);
    const [failed, answered] = rows as { duration_ms: number; first_chunk_ms: number | null }[];
    assert.equal(failed?.first_chunk_ms, null);
    assert.ok(answered && answered.first_chunk_ms !== null && answered.first_chunk_ms <= answered.duration_ms);
    assert.ok(!JSON.stringify(rows).includes('секрет') && !JSON.stringify(rows).includes('тайна'));
    const text = await metrics.render();
    for (const line of [
      `ai_cost_micro_total{provider="${provider}"} 9`,
      `ai_first_chunk_seconds_count{provider="${provider}"} 1`,
      'ai_tokens_total{kind="input"} 10',
    ])
      assert.ok(text.includes(line), line);
    for (const outcome of ['ok', 'unavailable']) assert.ok(text.includes(`ai_requests_total{provider="${provider}",outcome="${outcome}"} 1`));
  });

  it('a row that cannot be written breaks no answer, and is counted', async () => {
    const { ask, metrics } = modelFor({ env: { LLM_BASE_URL: server.baseUrl }, record: () => Promise.reject(new Error('disk full')) });
    assert.equal((await ask()).text, 'Меня зовут Валера');
    assert.ok((await metrics.render()).includes('llm_record_failures_total 1'));
  });

  const costs: [tokens: [number, number], prices: [number, number], expected: number][] = [
    [[1_000_000, 0], [0.27, 1.1], 270_000],
    [[0, 1_000_000], [0.27, 1.1], 1_100_000],
    [[1, 0], [0.27, 1.1], 1],
    [[0, 0], [0.27, 1.1], 0],
    [[5_000, 200], [0, 0], 0],
    [[3, 0], [0.1, 0], 1],
    [[10, 0], [0.1, 0], 1], // 10 × 0.1 is not 1.0000000000000002
    [[30, 0], [0.1, 0], 3],
  ];
  for (const [[inputTokens, outputTokens], [input, output], expected] of costs) {
    it(`${inputTokens} + ${outputTokens} tokens at ${input} and ${output} cost ${expected} millionths`, () =>
      assert.equal(costMicro({ inputTokens, outputTokens }, { input, output }), expected));
  }

  it('rows older than the retention are forgotten', async () => {
    await model().ask();
    await model().ask();
    await database.db.raw(`UPDATE llm_call SET at = clock_timestamp() - interval '31 days' WHERE id = (SELECT min(id) FROM llm_call)`);
    const { reaper: options } = testConfig();
    const metrics = createMetrics();
    await createReaper({ db: database.db, options, mayWork: () => true, wake: () => undefined, metrics, clock, logger }).sweep();
    assert.equal((await database.db('llm_call')).length, 1);
  });

  it('one client span for each attempt, named and filled as the GenAI conventions say, and its trace goes to the provider', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      server.headers.length = 0;
      server.answerWith(() => (server.requests.length === 1 ? { status: 503 } : { text: 'ок' }));
      await withSpan({ name: 'turn' }, () => model().ask({ caller: { ...CALLER, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } }));
      const spans = exporter.getFinishedSpans();
      const [turn] = spans.filter(({ name }) => name === 'turn');
      const calls = spans.filter(({ name }) => name === 'chat m1');
      assert.deepEqual(
        calls.map(({ kind, parentSpanContext }) => [kind, parentSpanContext?.spanId]),
        [
          [2, turn?.spanContext().spanId],
          [2, turn?.spanContext().spanId],
        ],
      );
      const common = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': '127.0.0.1', 'gen_ai.request.model': 'm1', 'gen_ai.request.max_tokens': 1200 };
      assert.deepEqual(calls[0]?.attributes, { ...common, 'error.type': 'unavailable' });
      assert.deepEqual(calls[1]?.attributes, {
        ...common,
        'gen_ai.response.model': 'test-model',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.response.finish_reasons': ['stop'],
      });
      assert.deepEqual(
        server.headers.map((header) => header['traceparent']),
        calls.map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`),
      );
    } finally {
      trace.disable();
      context.disable();
      await provider.shutdown();
    }
  });
});
