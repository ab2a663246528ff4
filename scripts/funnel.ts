import { parseArgs } from 'node:util';
import { readFunnel, type FunnelDay } from '../app/analytics/funnel.ts';
import { connectDatabase } from '../app/db/connect.ts';
import { messageOf } from '../app/kit/errors.ts';
import { createRedactor } from '../app/observability/redact.ts';

const HELP = `node scripts/funnel.ts [--days N] [--timezone ZONE]

How many customers a day began a dialogue, asked for or heard a price, were suggested a service, and were booked; from the stored events.
Reads the database that DATABASE_URL names, and writes nothing.
  --days N          the last N days, today included (default 14)
  --timezone ZONE   whose days they are, e.g. Europe/Moscow (default UTC)
  --help            this text

Exit codes: 0 printed, 2 wrong usage, 75 the events could not be read.`;

const DAY_MS = 24 * 3_600_000;
const COLUMNS = ['day', 'dialog', 'price', 'suggestion', 'booking'] as const;
const WIDTH = 12;

const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell) => String(cell).padEnd(WIDTH))
    .join('')
    .trimEnd();

const table = (days: readonly FunnelDay[]): string =>
  days.length === 0 ? 'no events in these days' : [line(COLUMNS), ...days.map((day) => line(COLUMNS.map((column) => day[column])))].join('\n');

const isZone = (timezone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).format().length > 0;
  } catch {
    return false;
  }
};

const read = async (url: string, { days, timezone }: { days: number; timezone: string }): Promise<readonly FunnelDay[]> => {
  const limits = { poolMax: 1, statementTimeoutMs: 30_000, lockTimeoutMs: 1_000, idleInTransactionTimeoutMs: 10_000, connectTimeoutMs: 5_000 };
  const db = connectDatabase({ url, applicationName: 'valera-funnel', connectionLifetimeMs: 60_000, ...limits });
  try {
    return await readFunnel(db, { since: new Date(Date.now() - days * DAY_MS), timezone });
  } finally {
    await db.destroy();
  }
};

const main = async (argv: readonly string[], url: string | undefined): Promise<number> => {
  const options = { days: { type: 'string', default: '14' }, timezone: { type: 'string', default: 'UTC' }, help: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...argv], options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1 || !isZone(values.timezone) || !url) {
    console.error(`--days is a whole number from 1 on, --timezone a name like Europe/Moscow, and DATABASE_URL must be set\n\n${HELP}`);
    return 2;
  }
  try {
    console.log(table(await read(url, { days, timezone: values.timezone })));
    return 0;
  } catch (error) {
    console.error(createRedactor([url]).text(`the events could not be read: ${messageOf(error)}`));
    return 75;
  }
};

try {
  process.exitCode = await main(process.argv.slice(2), process.env['DATABASE_URL']);
} catch (error) {
  console.error(`${messageOf(error)}\n\n${HELP}`); // an option it does not know
  process.exitCode = 2;
}
