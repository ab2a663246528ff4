import { parseArgs } from 'node:util';
import { startSandbox } from '../../app/sandbox/server.ts';
import { decideEcho } from './echo.ts';

// The sandbox of a soak as a process of its own: no rate limits, scaled durations, the echo model. Prints one JSON line when it is ready.
const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, token: { type: 'string' }, durations: { type: 'string' } } });

const write =
  (level: string) =>
  (fields: Record<string, unknown>, message: string): void =>
    void process.stderr.write(`${JSON.stringify({ level, ...fields, msg: message })}\n`);
const logger = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error'), child: () => logger };

const { stop, ...addresses } = await startSandbox({
  host: '127.0.0.1',
  port: 0,
  dataDir: values['data-dir'] ?? '',
  accessToken: values.token ?? '',
  parts: { telegram: 'sandbox', model: 'scripted', database: 'embedded', workshop: 'example' },
  workshopName: 'Пример-Авто',
  durations: { setWebhookPauseMs: 0, ...(JSON.parse(values.durations ?? '{}') as Record<string, number>) },
  limits: { privatePerSecond: Infinity, privateBurst: Infinity, groupPerMinute: Infinity, bulkPerSecond: Infinity },
  decide: decideEcho,
  logger,
});
console.log(JSON.stringify(addresses));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().then(() => process.exit(0)));
