import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../kit/clock.ts';
import { AppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { createBotApi } from './bot-api/bot-api.ts';
import { createCalls } from './bot-api/calls.ts';
import { createDelivery } from './bot-api/delivery.ts';
import { createChats } from './chats.ts';
import { createEvents } from './events.ts';
import { createFaults } from './faults/faults.ts';
import { createHttpApp } from './http/app.ts';
import { createEventStreams } from './http/event-stream.ts';
import { createGuard } from './http/guard.ts';
import { loadPageFiles } from './http/page-files.ts';
import { addRoutes } from './http/routes.ts';
import { SCRIPTED_MODEL } from './model/completion.ts';
import { createModelApi, type Decide } from './model/model-api.ts';
import { checkOptions } from './options.ts';
import { findChat, nameOfChat } from './people.ts';
import { DEFAULT_DURATIONS, DEFAULT_LIMITS, type SandboxDurations, type SandboxLimits, type SandboxParts } from './settings.ts';
import { openStore, type Store } from './store.ts';
import { createBotCalls } from './story/bot-calls.ts';
import { createModelCalls } from './story/model-calls.ts';
import { createModelWords } from './story/model-words.ts';
import { createStories } from './story/stories.ts';

export type SandboxOptions = Readonly<{
  /** Loopback, unless `remote` says under which names others reach it. */
  host: string;
  /** 0 = any free port. */
  port: number;
  dataDir: string;
  /** Opens the page and the script API. */
  accessToken: string;
  parts: SandboxParts;
  workshopName: string;
  durations?: Partial<SandboxDurations>;
  limits?: Partial<SandboxLimits>;
  /** Explicit consent to listen beyond loopback: the Host names (without port) it may be called by. */
  remote?: Readonly<{ hostNames: readonly string[] }>;
  /** What the model says, instead of the script. */
  decide?: Decide;
  logger: Logger;
  clock?: Clock;
}>;

export type Sandbox = Readonly<{
  port: number;
  pageUrl: string;
  botToken: string;
  botApiBaseUrl: string;
  llmBaseUrl: string;
  llmApiKey: string;
  llmModel: typeof SCRIPTED_MODEL;
  stop: () => Promise<void>;
}>;

const listen = async (server: Server, { host, port }: { host: string; port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy = error.code === 'EADDRINUSE';
      reject(busy ? new AppError('PORT_BUSY', `the sandbox's port ${port} on ${host} is taken by another process`, { cause: error }) : error);
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

const close = async (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const isIpv6 = (host: string): boolean => host.includes(':');

/**
 * Starts the local stand-ins: Bot API, scripted model, chat page, script API, all on one port.
 * Chats, undelivered updates and the keys live in `dataDir/sandbox/`, so the same folder gives the same tokens after a restart.
 * Errors: CONFIG_INVALID (unsafe options), PORT_BUSY.
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  checkOptions(options);
  const { host, dataDir, accessToken, parts, workshopName, logger, clock = systemClock, remote } = options;
  const durations = { ...DEFAULT_DURATIONS, ...options.durations };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const files = await loadPageFiles();
  let port = options.port;
  const guard = createGuard({ accessToken, hostNames: remote?.hostNames ?? [], port: () => port });
  const events = createEvents({ onError: (error) => logger.error({ error: messageOf(error) }, 'sandbox event listener failed') });
  const server = createServer();
  // The port first: a second start beside a running one must not touch its journal.
  port = await listen(server, { host, port });
  const nameOf = (chatId: number): string => nameOfChat(findChat(chatId, store.state.names));
  const stories = createStories({ clock, events, nameOf });
  const store: Store = openStore({ dataDir, clock, logger, onAppended: stories.heard });
  const delivery = createDelivery({ store, events, clock, durations, logger, traceparentFor: stories.traceparentFor });
  const words = createModelWords();
  const chats = createChats({ store, events, clock, isScripted: words.isIn, onQueued: delivery.kick });
  const [faults, calls] = [createFaults({ events }), createCalls()];
  const botApi = createBotApi({ store, chats, events, delivery, faults, calls, clock, durations, limits, allowHttpAnywhere: remote !== undefined });
  const [botCalls, modelCalls] = [createBotCalls({ stories, clock, nameOf }), createModelCalls({ stories, words, clock })];
  const streams = createEventStreams({ store, stories, events, pingMs: durations.eventsPingMs });
  const served = { stories, botCalls, modelCalls, streams, files };
  const deps = {
    ...served,
    store,
    chats,
    botApi,
    faults,
    calls,
    modelApi: createModelApi({ clock, decide: options.decide }),
    guard,
    limits,
    parts,
    workshopName,
    clock,
    logger,
  };
  const handle = createHttpApp({ guard, logger, routes: (router) => addRoutes(router, deps) }).callback();
  server.on('request', (request, response) => void handle(request, response));
  delivery.restart();

  const base = `http://${isIpv6(host) ? `[${host}]` : host}:${port}`;
  return {
    port,
    pageUrl: `${base}/?token=${encodeURIComponent(accessToken)}`,
    botToken: store.identity.botToken,
    botApiBaseUrl: `${base}/telegram`,
    llmBaseUrl: `${base}/llm/v1`,
    llmApiKey: store.identity.llmApiKey,
    llmModel: SCRIPTED_MODEL,
    stop: async () => {
      streams.closeAll();
      chats.stop();
      await Promise.all([delivery.stop(), close(server)]);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate); // the last ended connections still write down what the bot was told
      store.close();
    },
  };
};
