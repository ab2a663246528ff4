import { lockDataDir } from '../../app/sandbox/data-lock.ts';
import { silentLogger } from '../../app/kit/logger.ts';
import { startEmbeddedPostgres } from '../../app/sandbox/postgres.ts';

// A process that tests kill: locks the folder, starts PostgreSQL in it, says so in one line and stays.
const dataDir = process.argv[2] ?? '';
const lock = await lockDataDir(dataDir);
await lock.announce('http://127.0.0.1:3000/?token=secret');
const { url, pid } = process.argv[3] === 'lock-only' ? { url: '', pid: 0 } : await startEmbeddedPostgres({ dataDir, durable: false, logger: silentLogger });
console.log(JSON.stringify({ url, pid }));
setInterval(() => undefined, 60_000);
