import type { Context, Middleware } from 'koa';
import type { Config } from '../config.ts';
import { PUBLIC_PATHS, WEBHOOK_SECRET_HEADER } from '../contract/endpoints.ts';
import type { Clock } from '../kit/clock.ts';
import { isAppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { currentTraceparent, isTraceparent } from '../observability/tracing.ts';
import { discardBody, readBody } from './body.ts';
import type { Receive } from './ports.ts';
import type { RequestState } from './request.ts';
import { createSecretCheck } from './secret.ts';
import { createSeldom } from './seldom.ts';
import { inServerSpan } from './server-span.ts';

type Deps = Readonly<{ config: Config; logger: Logger; metrics: Metrics; clock: Clock; receive: Receive }>;

const RETRY_AFTER_SECONDS = '3';

const answer = (ctx: Context, status: number, text = ''): void => {
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = text;
};

/**
 * Answers Telegram by a closed table: 401 without the secret, 413 over the limit, 200 once stored, 503 + Retry-After when it could not be stored.
 * 200 is a promise that the update is on disk, so every failure to store, foreseen or not, is a 503: Telegram delivers again.
 */
export const createWebhook = ({ config, logger, metrics, clock, receive }: Deps): Middleware<RequestState> => {
  const { delivery } = config.telegram;
  const checkSecret = createSecretCheck(delivery.mode === 'webhook' ? [delivery.secret, delivery.previousSecret] : []);
  const seldom = createSeldom({ logger, clock });

  const refuse = (ctx: Context, kind: 'webhook_secret_missing' | 'webhook_secret_wrong'): void => {
    metrics.updateReceived('refused');
    metrics.securityEvent(kind);
    seldom({ level: 'warn', key: kind, fields: { kind, remote: ctx.ip }, message: 'webhook called without the right secret' });
    discardBody(ctx.req);
    answer(ctx, 401, 'Unauthorized');
  };

  const refuseLarge = (ctx: Context): void => {
    metrics.updateReceived('too_large');
    metrics.securityEvent('body_too_large');
    seldom({ level: 'warn', key: 'body_too_large', fields: { limit_bytes: config.http.bodyLimitBytes }, message: 'update over the size limit refused' });
    discardBody(ctx.req);
    answer(ctx, 413, 'Payload Too Large');
  };

  const postpone = (ctx: Context, error: unknown): void => {
    metrics.updateReceived('unavailable');
    const known = isAppError(error, 'DATABASE_UNAVAILABLE');
    const message = known ? 'database away, update not stored, Telegram will repeat it' : 'update not stored for an unforeseen reason, Telegram will repeat it';
    seldom({
      level: known ? 'warn' : 'error',
      key: known ? 'away' : 'unforeseen',
      fields: { err: error, request_id: ctx.state['requestId'] as string },
      message,
    });
    ctx.set('Retry-After', RETRY_AFTER_SECONDS);
    answer(ctx, 503, 'Service Unavailable');
  };

  const store = async (ctx: Context, body: Buffer): Promise<void> => {
    const header = ctx.get('traceparent');
    const given = isTraceparent(header) ? header : undefined;
    const requestId = ctx.state['requestId'] as string;
    try {
      const { outcome } = await receive({ body, requestId, traceparent: currentTraceparent() ?? given });
      metrics.updateReceived(outcome);
      answer(ctx, 200);
    } catch (error) {
      postpone(ctx, error);
    }
  };

  const receiveBody = async (ctx: Context): Promise<void> => {
    const read = await readBody(ctx.req, config.http.bodyLimitBytes);
    if (read.status === 'complete') await store(ctx, read.body);
    else if (read.status === 'too_large') refuseLarge(ctx);
    else ctx.respond = false; // the client left or was too slow: there is nobody to answer
  };

  const handle = async (ctx: Context): Promise<void> => {
    const verdict = checkSecret(ctx.req.headers[WEBHOOK_SECRET_HEADER]);
    if (verdict === 'accepted') await receiveBody(ctx);
    else refuse(ctx, verdict === 'missing' ? 'webhook_secret_missing' : 'webhook_secret_wrong');
  };

  return (ctx) => inServerSpan(ctx, PUBLIC_PATHS.webhook, () => handle(ctx));
};
