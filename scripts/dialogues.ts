import { mkdtemp, chmod, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { migrate } from '../app/db/migrate.ts';
import { systemClock as clock } from '../app/kit/clock.ts';
import { AppError, isAppError, messageOf } from '../app/kit/errors.ts';
import { type Logger, silentLogger as logger } from '../app/kit/logger.ts';
import { startEmbeddedPostgres } from '../app/sandbox/postgres.ts';
import { createPlayer, playAll, type Outcome } from './dialogues/play.ts';
import { readConversations } from './dialogues/read.ts';
import type { Conversation } from './dialogues/schema.ts';
import { type LiveModel, startWorld } from './dialogues/world.ts';

const HELP = `npm run dialogues -- [--live] [--only ID]... [--list] [--verbose]

Plays the conversations of test/dialogues/ with the whole bot: sandbox Telegram, real PostgreSQL, the app as in production.
  --live       with the model of LLM_BASE_URL, LLM_API_KEY and LLM_MODEL instead of the scripted one. Then only what must hold for
               every model fails: database, forbidden words, prices, notices. Missed phrases are shown with «?» and do not count.
  --only ID    one conversation, or all whose id begins so; may be repeated
  --list       names them and ends
  --verbose    prints the transcript of passed ones too
  --help       this text

Exit codes: 0 all passed, 1 some failed, 2 wrong usage, 78 settings or a conversation must be changed. Guide: docs/dialogues.md.`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PARALLEL = 8;
const OPTIONS = {
  live: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  list: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const liveModel = (env: NodeJS.ProcessEnv): LiveModel => {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model } = env;
  if (!baseUrl || !apiKey || !model) {
    const missing = Object.entries({ LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model }).flatMap(([name, value]) => (value ? [] : [name]));
    throw new AppError('CONFIG_INVALID', `--live plays with a real language model: set ${missing.join(', ')}`);
  }
  return { baseUrl, apiKey, model };
};

/** What goes wrong between the app and a real model, each once: a wrong key must not look like a bad dialogue. */
const problemLogger = (): Logger => {
  const told = new Set<string>();
  const tell = (fields: Record<string, unknown>, message: string): void => {
    const text = [message, fields['code'], fields['error']].filter(Boolean).join(': ');
    if (!told.has(text)) console.error(`     app: ${text}`);
    told.add(text);
  };
  const own: Logger = { debug: () => undefined, info: () => undefined, warn: tell, error: tell, child: () => own };
  return own;
};

const choose = (all: readonly Conversation[], only: readonly string[]): readonly Conversation[] => {
  const unknown = only.filter((prefix) => !all.some(({ id }) => id.startsWith(prefix)));
  if (unknown.length > 0) throw new AppError('CONFIG_INVALID', `--only: no conversation begins with ${unknown.join(', ')} (--list names them)`);
  return only.length === 0 ? all : all.filter(({ id }) => only.some((prefix) => id.startsWith(prefix)));
};

const failed = (outcome: Outcome, live: boolean): boolean => outcome.problems.some(({ advisory }) => !live || !advisory);

const show = (outcome: Outcome, { live, verbose }: { live: boolean; verbose: boolean }): void => {
  const isFailed = failed(outcome, live);
  console.log(`${isFailed ? 'FAIL' : 'ok  '} ${outcome.id}: ${outcome.title}`);
  if (isFailed || verbose || (live && outcome.problems.length > 0)) console.log(`${outcome.transcript.replaceAll(/^/gm, '     ')}\n`);
};

type Run = Readonly<{ conversations: readonly Conversation[]; live: boolean; verbose: boolean; model: LiveModel | undefined }>;

const playWithOwnDatabase = async ({ conversations, live, verbose, model }: Run): Promise<number> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'valera-dialogues-pg-'));
  await chmod(dataDir, 0o711); // as root PostgreSQL runs as nobody
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, logger, maxConnections: 100 });
  try {
    await migrate({ url: postgres.url, phase: 'all', lockTimeoutMs: 500, retryMs: 50, timeoutMs: 60_000, clock, logger });
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const world = await startWorld({ databaseUrl: postgres.url, live: model, version, ...(live ? { logger: problemLogger() } : {}) });
    try {
      const outcomes = await playAll(createPlayer(world), conversations, { parallel: PARALLEL, onDone: (outcome) => show(outcome, { live, verbose }) });
      const bad = outcomes.filter((outcome) => failed(outcome, live)).length;
      const answers = outcomes.reduce((sum, outcome) => sum + outcome.answers, 0);
      if (live) console.log('With a real model, lines marked «?» are advice: exact phrases are the scripted model’s own.');
      console.log(`${outcomes.length} conversations (${answers} answers): ${outcomes.length - bad} passed, ${bad} failed`);
      return bad === 0 ? 0 : 1;
    } finally {
      await world.stop();
    }
  } finally {
    await postgres.stop('immediate');
    await rm(dataDir, { recursive: true, force: true });
  }
};

const parse = () => {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${HELP}`);
    return undefined;
  }
};

const run = async (): Promise<number> => {
  const flags = parse();
  if (!flags) return 2;
  if (flags.help) {
    console.log(HELP);
    return 0;
  }
  const conversations = choose(await readConversations(join(ROOT, 'test/dialogues')), flags.only);
  if (flags.list) {
    for (const { file, id, title } of conversations) console.log(`${file.padEnd(18)} ${id.padEnd(30)} ${title}`);
    return 0;
  }
  return playWithOwnDatabase({ conversations, live: flags.live, verbose: flags.verbose, model: flags.live ? liveModel(process.env) : undefined });
};

run().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = isAppError(error) ? error.exitCode : 70;
  },
);
