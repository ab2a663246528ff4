import assert from 'node:assert/strict';
import { createMetrics, type Metrics, type QueueSources } from '../../../app/observability/metrics.ts';
import { modelFor } from '../llm/support.ts';
import { CATALOG, type MetricRow } from '../../../monitoring/catalog.ts';

const SOURCES: QueueSources = {
  oldestOpenSeconds: () => 3,
  laneDepth: async () => 4,
  outboxOldestSeconds: () => 0,
  bookingNoticeAgeSeconds: () => 6,
  poolUsed: () => ({ web: 1, worker: 2 }),
  poolWaiting: () => ({ web: 0, worker: 5 }),
};

const useEveryVerb = (metrics: Metrics): void => {
  metrics.updateReceived('stored');
  metrics.sendFinished('sendMessage', 'sent');
  metrics.floodWait(7);
  metrics.turnFinished(1.5, 'answered');
  metrics.laneRepaired();
  metrics.modelExpected('api.deepseek.com');
  metrics.modelFinished({ provider: 'api.deepseek.com', outcome: 'ok', seconds: 2 });
  metrics.modelFirstChunk({ provider: 'api.deepseek.com', seconds: 0.5 });
  metrics.modelCost({ provider: 'api.deepseek.com', micro: 270 });
  metrics.costLimited(25);
  metrics.modelRecordFailed();
  metrics.observeBreakers(() => ({ 'api.deepseek.com': 2 }));
  metrics.limitReached('customer_messages');
  metrics.modelTokens('input', 900);
  metrics.bookingFinished('created');
  metrics.handedOver('complaint');
  metrics.eventStored('greeting_sent');
  metrics.eventFailed();
  metrics.httpFinished({ route: '/up', method: 'GET', status: 200, seconds: 0.01 });
  metrics.securityEvent('webhook_secret_wrong');
  metrics.outboxDead();
  metrics.observeQueues(SOURCES);
};

const seriesOf = async (metrics: Metrics): Promise<ReadonlyMap<string, string>> => {
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
};

describe('observability/metrics', () => {
  it('shows every figure that the verbs were told', async () => {
    const metrics = createMetrics();
    useEveryVerb(metrics);
    const series = await seriesOf(metrics);
    const expected = {
      'telegram_updates_total{outcome="stored"}': '1',
      'telegram_send_total{method="sendMessage",outcome="sent"}': '1',
      telegram_flood_wait_seconds_sum: '7',
      'turn_duration_seconds_sum{outcome="answered"}': '1.5',
      lane_repairs_total: '1',
      'ai_requests_total{provider="api.deepseek.com",outcome="ok"}': '1',
      'ai_request_duration_seconds_sum{provider="api.deepseek.com"}': '2',
      'ai_first_chunk_seconds_sum{provider="api.deepseek.com"}': '0.5',
      'ai_cost_micro_total{provider="api.deepseek.com"}': '270',
      ai_cost_limit_micro: '25000000',
      llm_record_failures_total: '1',
      'ai_breaker_state{provider="api.deepseek.com"}': '2',
      'limit_reached_total{limit="customer_messages"}': '1',
      'ai_tokens_total{kind="input"}': '900',
      'bookings_total{outcome="created"}': '1',
      'handovers_total{reason="complaint"}': '1',
      'dialog_events_total{event="greeting_sent"}': '1',
      dialog_event_failures_total: '1',
      'http_requests_total{route="/up",method="GET",status="200"}': '1',
      'http_request_duration_seconds_count{route="/up",method="GET"}': '1',
      'security_events_total{kind="webhook_secret_wrong"}': '1',
      outbox_dead_total: '1',
      inbox_oldest_open_seconds: '3',
      lane_depth: '4',
      outbox_oldest_seconds: '0',
      booking_notice_age_seconds: '6',
      'db_pool_used{pool="web"}': '1',
      'db_pool_used{pool="worker"}': '2',
      'db_pool_waiting{pool="worker"}': '5',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(series.get(name), value, name);
    assert.ok(Number(series.get('nodejs_eventloop_lag_seconds')) >= 0);
  });

  it('renders exactly the rows of the catalog, kind and help included', async () => {
    const metrics = createMetrics();
    useEveryVerb(metrics);
    const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith('# '));
    const rows: readonly MetricRow[] = CATALOG;
    assert.deepEqual(lines.toSorted(), rows.flatMap(({ name, kind, help }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`]).toSorted());
  });

  it('has closed counters at 0 before their first event, and no gauge that nobody read', async () => {
    const series = await seriesOf(createMetrics());
    assert.equal(series.get('telegram_updates_total{outcome="poison"}'), '0');
    assert.equal(series.get('lane_repairs_total'), '0');
    assert.equal(series.get('turn_duration_seconds_count{outcome="dead"}'), '0');
    assert.equal(series.has('lane_depth'), false);
    assert.equal(series.has('inbox_oldest_open_seconds'), false);
  });

  it('has every outcome of a configured provider at 0 before its first call, and no limit of the cost when none is set', async () => {
    const metrics = createMetrics();
    metrics.costLimited(0);
    const provider = 'api.deepseek.com';
    assert.equal((await seriesOf(metrics)).has(`ai_requests_total{provider="${provider}",outcome="refused"}`), false);
    metrics.modelExpected(provider);
    metrics.modelFinished({ provider, outcome: 'ok', seconds: 1 });
    const series = await seriesOf(metrics);
    const outcomes = ['ok', 'invalid', 'truncated', 'limited', 'refused', 'unavailable', 'timeout', 'aborted'];
    for (const outcome of outcomes) assert.equal(series.get(`ai_requests_total{provider="${provider}",outcome="${outcome}"}`), outcome === 'ok' ? '1' : '0');
    assert.equal(series.get(`ai_cost_micro_total{provider="${provider}"}`), '0');
    assert.equal(series.has('ai_cost_limit_micro'), false);
  });

  it('a model shows the providers that it is configured with', async () => {
    const { metrics } = modelFor({ env: { LLM_FALLBACK_BASE_URL: 'https://api.mistral.ai/v1', LLM_FALLBACK_API_KEY: 'k', LLM_FALLBACK_MODEL: 'm' } });
    const series = await seriesOf(metrics);
    const refused = [...series.keys()].filter((name) => name.startsWith('ai_requests_total') && name.includes('outcome="refused"'));
    assert.equal(refused.length, 2);
    assert.ok(refused.every((name) => series.get(name) === '0'));
    assert.ok(refused.some((name) => name.includes('api.mistral.ai')));
  });

  it('shows the other figures when a source fails, and no stale value of that one', async () => {
    const metrics = createMetrics();
    let broken = false;
    const fail = (): never => {
      throw new Error('database away');
    };
    metrics.observeQueues({
      ...SOURCES,
      laneDepth: async () => (broken ? fail() : 4),
      oldestOpenSeconds: () => (broken ? Number.NaN : 3),
      poolUsed: () => (broken ? fail() : { web: 1, worker: 2 }),
    });
    assert.equal((await seriesOf(metrics)).get('lane_depth'), '4');
    broken = true;
    const series = await seriesOf(metrics);
    for (const gone of ['lane_depth', 'inbox_oldest_open_seconds', 'db_pool_used{pool="web"}']) assert.equal(series.has(gone), false, gone);
    assert.equal(series.get('outbox_oldest_seconds'), '0');
  });

  it('keeps the figures of two apps in one process apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.updateReceived('stored');
    assert.equal((await seriesOf(other)).get('telegram_updates_total{outcome="stored"}'), '0');
  });
});
