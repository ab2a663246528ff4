import type { Update, WebhookInfo } from 'grammy/types';
import { type Arguments, readBoolean, readInteger, readString, readStringList } from './arguments.ts';
import type { Handlers, MethodDeps } from './methods.ts';
import { badRequest, tooManyRequests } from './refusal.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const MAX_SECRET_LENGTH = 256;
const DEFAULT_MAX_CONNECTIONS = 40;
type UpdateType = Exclude<keyof Update, 'update_id'>;

const checkUrl = (text: string, allowHttpAnywhere: boolean): void => {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw badRequest('invalid webhook URL specified');
  if (url.protocol === 'http:' && !allowHttpAnywhere && !LOOPBACK.has(url.hostname)) throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
};

const readSecret = (args: Arguments): string | undefined => {
  const secret = readString(args, 'secret_token');
  if (!secret) return undefined;
  if (secret.length > MAX_SECRET_LENGTH) throw badRequest('secret token is too long');
  if (!/^[\w-]+$/.test(secret)) throw badRequest('secret token contains unallowed characters');
  return secret;
};

const readMaxConnections = (args: Arguments): number => Math.min(100, Math.max(1, readInteger(args, 'max_connections') ?? DEFAULT_MAX_CONNECTIONS));

export const createWebhookMethods = ({
  store,
  delivery,
  events,
  clock,
  durations,
  allowHttpAnywhere,
}: MethodDeps): Pick<Handlers, 'setWebhook' | 'deleteWebhook' | 'getWebhookInfo'> => {
  let nextSetAtMs = -Infinity;

  /** About one call a second; what comes sooner is refused before it is looked at. */
  const takeTurn = (): void => {
    const now = clock.monotonicMs();
    if (now < nextSetAtMs) throw tooManyRequests(nextSetAtMs - now);
    nextSetAtMs = now + durations.setWebhookPauseMs;
  };

  const remove = (args: Arguments): { result: true; description: string } => {
    const existed = store.state.webhook !== null;
    store.append({ kind: 'webhook', webhook: null, dropPending: readBoolean(args, 'drop_pending_updates') });
    events.publish({ kind: 'webhook' });
    return { result: true, description: existed ? 'Webhook was deleted' : 'Webhook is already deleted' };
  };

  const info = (): WebhookInfo => {
    const { webhook, lastError, allowed } = store.state;
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: store.state.queue.byId.size,
      ...(lastError ? { last_error_date: Math.floor(lastError.atMs / 1_000), last_error_message: lastError.message } : {}),
      ...(webhook ? { max_connections: webhook.maxConnections } : {}),
      ...(allowed?.length ? { allowed_updates: allowed as UpdateType[] } : {}),
    };
  };

  return {
    setWebhook: (args) => {
      const url = readString(args, 'url') ?? '';
      if (url === '') return remove(args);
      takeTurn();
      checkUrl(url, allowHttpAnywhere);
      const secretToken = readSecret(args);
      const maxConnections = readMaxConnections(args);
      const allowed = readStringList(args, 'allowed_updates');
      const { webhook } = store.state;
      const same = webhook?.url === url && webhook.secretToken === secretToken && webhook.maxConnections === maxConnections && allowed === undefined;
      if (allowed !== undefined) store.append({ kind: 'allowed', updates: allowed });
      store.append({ kind: 'webhook', webhook: { url, secretToken, maxConnections }, dropPending: readBoolean(args, 'drop_pending_updates') });
      events.publish({ kind: 'webhook' });
      delivery.restart();
      return { result: true, description: same ? 'Webhook is already set' : 'Webhook was set' };
    },
    deleteWebhook: remove,
    getWebhookInfo: () => ({ result: info() }),
  };
};
