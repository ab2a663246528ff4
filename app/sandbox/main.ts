import { parseArgs } from 'node:util';
import { AppError, isAppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { startSandbox } from './server.ts';

const USAGE = `Usage: node app/sandbox/main.ts --data-dir DIR --token TOKEN [--port 3000] [--host 127.0.0.1] [--host-name NAME]… [--retry-base-ms N] [--retry-cap-ms N] [--delivery-timeout-ms N] [--press-expiry-ms N] [--no-limits] [--database embedded|real]
The sandbox as a process of its own. Prints one JSON line with its addresses and keys when it is ready; SIGINT or SIGTERM stops it.
Each of --port, --data-dir, --token may come from SANDBOX_PORT, SANDBOX_DATA_DIR, SANDBOX_TOKEN instead.
--database says which of the two the page shows (default: real).
--host-name allows a host beyond loopback and names it in the Host check.`;

const write =
  (level: string) =>
  (fields: Record<string, unknown>, message: string): void => {
    process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message })}\n`);
  };
const logger: Logger = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error'), child: () => logger };

const readNumber = (name: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new AppError('CONFIG_INVALID', `${name}: a whole number is expected (got ${text})`);
  return Number(text);
};

const required = (name: string, value: string | undefined): string => {
  if (!value) throw new AppError('CONFIG_INVALID', `${name} is missing\n${USAGE}`);
  return value;
};

const option = { type: 'string' } as const;
const OPTIONS = {
  port: option,
  host: option,
  'data-dir': option,
  token: option,
  'host-name': { type: 'string', multiple: true },
  'retry-base-ms': option,
  'retry-cap-ms': option,
  'delivery-timeout-ms': option,
  'press-expiry-ms': option,
  'no-limits': { type: 'boolean' },
  database: option,
  help: { type: 'boolean' },
} as const;

const parse = () => {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `${messageOf(error)}\n${USAGE}`, { cause: error });
  }
};

type Flags = ReturnType<typeof parse>;
const DURATION_FLAGS = {
  'retry-base-ms': 'retryBaseMs',
  'retry-cap-ms': 'retryCapMs',
  'delivery-timeout-ms': 'deliveryTimeoutMs',
  'press-expiry-ms': 'pressExpiryMs',
} as const;

const readDatabase = (text = 'real'): 'embedded' | 'real' => {
  if (text !== 'embedded' && text !== 'real') throw new AppError('CONFIG_INVALID', `--database: embedded or real is expected (got ${text})`);
  return text;
};

const readDurations = (flags: Flags): Record<string, number> =>
  Object.fromEntries(
    Object.entries(DURATION_FLAGS).flatMap(([flag, name]) => {
      const text = flags[flag as keyof typeof DURATION_FLAGS];
      return text === undefined ? [] : [[name, readNumber(`--${flag}`, text)]];
    }),
  );

const UNLIMITED = { privatePerSecond: Infinity, privateBurst: Infinity, groupPerMinute: Infinity, bulkPerSecond: Infinity };

const readOptions = (flags: Flags, env: NodeJS.ProcessEnv) => ({
  host: flags.host ?? '127.0.0.1',
  port: readNumber('--port', flags.port ?? env['SANDBOX_PORT'] ?? '3000'),
  dataDir: required('--data-dir', flags['data-dir'] ?? env['SANDBOX_DATA_DIR']),
  accessToken: required('--token', flags.token ?? env['SANDBOX_TOKEN']),
  durations: { ...(flags['no-limits'] ? { setWebhookPauseMs: 0 } : {}), ...readDurations(flags) },
  ...(flags['no-limits'] ? { limits: UNLIMITED } : {}),
  ...(flags['host-name'] ? { remote: { hostNames: flags['host-name'] } } : {}),
});

const run = async (): Promise<void> => {
  const flags = parse();
  if (flags.help) {
    console.log(USAGE);
    return;
  }
  const parts = { telegram: 'sandbox', model: 'scripted', database: readDatabase(flags.database), workshop: 'example' } as const;
  const { stop, ...addresses } = await startSandbox({ ...readOptions(flags, process.env), parts, workshopName: 'Пример-Авто', logger });
  console.log(JSON.stringify(addresses));
  let stopping: Promise<void> | undefined;
  const onSignal = (): void => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error: messageOf(error) }, 'the sandbox did not stop cleanly');
        process.exit(70);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
};

run().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = isAppError(error) ? error.exitCode : 70;
});
