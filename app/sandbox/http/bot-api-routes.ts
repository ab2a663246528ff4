import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Logger } from '../../kit/logger.ts';
import { type BotApi, parseArguments } from '../bot-api/bot-api.ts';
import type { Outcome } from '../bot-api/striking.ts';
import type { Chats } from '../chats.ts';
import { secretEquals } from '../secret.ts';
import type { SandboxLimits } from '../settings.ts';
import type { Store } from '../store.ts';
import type { BotCalls } from '../story/bot-calls.ts';
import { readBody } from './body.ts';
import { afterAnswer, cut, goneSignal, takeOver } from './connection.ts';
import { HttpFault } from './fault.ts';
import { paintPicture } from './picture.ts';

export type BotApiRouteDeps = Readonly<{ botApi: BotApi; botCalls: BotCalls; chats: Chats; store: Store; limits: SandboxLimits; clock: Clock; logger: Logger }>;

const carryOut = (context: Context, outcome: Outcome): void => {
  switch (outcome.how) {
    case 'answer':
      context.status = outcome.status;
      context.body = outcome.body;
      if (typeof outcome.body === 'string') context.type = 'text/html';
      return;
    case 'silence':
      takeOver(context);
      return;
    case 'cut':
      cut(context);
  }
};

/** The Bot API's two addresses: methods, and the files that getFile names. */
export const addBotApiRoutes = (router: Router, { botApi, botCalls, chats, store, limits, clock, logger }: BotApiRouteDeps): void => {
  router.all('/telegram/bot:token/:method', async (context) => {
    const { token = '', method = '' } = context.params;
    const signal = goneSignal(context);
    const body = await readBody(context.req, limits.bodyBytes);
    const contentType = context.req.headers['content-type'] ?? '';
    const query = new URLSearchParams(context.querystring);
    const startedMs = clock.monotonicMs();
    const { remotePort } = context.req.socket;
    const { outcome, performed, told: write } = await botApi.call({ token, method, readArguments: () => parseArguments({ contentType, body, query }), signal });
    const watch = performed && botCalls.called({ ...performed, outcome, startedMs });
    const told = (fully: boolean): void => {
      watch?.ended(fully);
      try {
        write(fully, remotePort);
      } catch (error) {
        // called when the connection ends: nobody is left to hear of a full disk
        logger.error({ method, error: messageOf(error) }, 'the sandbox journal lacks what the bot was told');
      }
    };
    if (context.res.closed) told(false);
    else afterAnswer(context, told);
    carryOut(context, outcome);
  });
  router.get('/telegram/file/bot:token/photos/:name', (context) => {
    const { token = '', name = '' } = context.params;
    if (!secretEquals(token, store.identity.botToken)) throw new HttpFault(401, 'Unauthorized');
    const fileId = name.replace(/\.png$/, '');
    if (!chats.findFile(fileId)?.photo) throw new HttpFault(404, 'Not Found');
    context.type = 'image/png';
    context.body = paintPicture(fileId);
  });
};
