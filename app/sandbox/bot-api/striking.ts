import type { TelegramFault } from '../faults/request.ts';
import { MIGRATED_GROUP } from '../people.ts';
import { closedChat, migratedChat, type Refusal, tooManyRequests } from './refusal.ts';

type Body = Readonly<Record<string, unknown>>;

/** What goes out: an answer, nothing for ever, or the end of the connection. A string body is no JSON of Telegram's. */
export type Outcome = Readonly<{ how: 'answer'; status: number; body: Body | string }> | Readonly<{ how: 'silence' }> | Readonly<{ how: 'cut' }>;

/** A fault as what it does to one call: whether the call takes effect, and what the bot gets to see. */
export type Striking = Readonly<{ name: string; applied: boolean; outcome: Outcome }>;

export const refused = ({ errorCode, message, parameters }: Refusal): Extract<Outcome, { how: 'answer' }> => ({
  how: 'answer',
  status: errorCode,
  body: { ok: false, error_code: errorCode, description: message, ...(parameters ? { parameters } : {}) },
});

const PLAIN_ERROR = '<html><head><title>Error</title></head><body>nginx</body></html>';
const WORDING = { 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' } as const;

const serverError = ({ status, telegram_json: isJson }: Extract<TelegramFault, { fault: 'server_error' }>): Outcome => {
  const body = isJson ? { ok: false, error_code: status, description: WORDING[status] } : PLAIN_ERROR;
  return { how: 'answer', status, body };
};

export const strike = (fault: TelegramFault, chatId: number | null): Striking => {
  const name = fault.fault;
  switch (name) {
    case 'flood':
      return { name, applied: false, outcome: refused(tooManyRequests(fault.retry_after * 1_000)) };
    case 'blocked':
      return { name, applied: false, outcome: refused(closedChat(chatId ?? 1)) };
    case 'migrate_group':
      return { name, applied: false, outcome: refused(migratedChat(MIGRATED_GROUP.id)) };
    case 'server_error':
      return { name, applied: fault.applied, outcome: serverError(fault) };
    case 'time_out':
      return { name, applied: fault.applied, outcome: { how: 'silence' } };
    case 'cut_after':
      return { name, applied: true, outcome: { how: 'cut' } };
    case 'cut_before':
      return { name, applied: false, outcome: { how: 'cut' } };
  }
};
