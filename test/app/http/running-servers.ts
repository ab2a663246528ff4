import { createHttpServers, type HttpServers } from '../../../app/http/server.ts';
import type { Health, Receive, RoleReport } from '../../../app/http/ports.ts';
import { createLogger } from '../../../app/observability/logger.ts';
import { createMetrics, type Metrics } from '../../../app/observability/metrics.ts';
import { testConfig } from '../../support/config.ts';

type Received = Parameters<Receive>[0];
export type Running = Readonly<{
  port: number;
  adminPort: number;
  servers: HttpServers;
  metrics: Metrics;
  /** Every delivery that reached `receive`. */
  received: readonly Received[];
  /** Every log line, as written. */
  lines: readonly string[];
  url: (path: string) => string;
  adminUrl: (path: string) => string;
}>;

const HEALTHY: Health = { ready: () => ({ ok: true, reason: 'ready' }), detail: async () => ({ database: { status: 'ok', host: 'db.internal' } }) };
const ROLE: RoleReport = { revision: 'r1', role: 'active', epoch: 3, inFlight: 2, schema: 7 };

/** The real servers on free ports, with a `receive` that remembers; `receive` may also throw what a test wants. */
export const startServers = async ({
  receive = async () => ({ outcome: 'stored' }),
  health = HEALTHY,
  env = {},
}: { receive?: Receive; health?: Health; env?: Record<string, string | number | undefined> } = {}): Promise<Running> => {
  const received: Received[] = [];
  const lines: string[] = [];
  const metrics = createMetrics();
  const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  const remember: Receive = async (input) => {
    received.push(input);
    return receive(input);
  };
  const servers = createHttpServers({ config: testConfig(env), logger, metrics, receive: remember, health, role: () => ROLE });
  const { port, adminPort } = await servers.start();
  return {
    port,
    adminPort,
    servers,
    metrics,
    received,
    lines,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    adminUrl: (path) => `http://127.0.0.1:${adminPort}${path}`,
  };
};
