import { AppError } from '../kit/errors.ts';
import { SANDBOX_BOT_ID } from './people.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const TELEGRAM_TOKEN = /^(\d{6,}):[\w-]{30,}$/;
const MIN_TOKEN_LENGTH = 16;

type Checked = Readonly<{ host: string; accessToken: string; remote?: Readonly<{ hostNames: readonly string[] }> }>;

const refuse = (message: string): AppError => new AppError('CONFIG_INVALID', `sandbox: ${message}`);

/** A token of a real bot must never be printed in a URL or accepted by a stand-in. */
const isForeignBotToken = (token: string): boolean => {
  const botId = TELEGRAM_TOKEN.exec(token)?.[1];
  return botId !== undefined && Number(botId) !== SANDBOX_BOT_ID;
};

/** Throws CONFIG_INVALID for options under which the sandbox would not be safe to run. */
export const checkOptions = ({ host, accessToken, remote }: Checked): void => {
  if (isForeignBotToken(accessToken)) throw refuse('the access token looks like the token of a real Telegram bot; choose another one');
  if (accessToken.length < MIN_TOKEN_LENGTH) throw refuse(`the access token must have at least ${MIN_TOKEN_LENGTH} characters`);
  if (!LOOPBACK_HOSTS.has(host) && !remote)
    throw refuse(`it listens on loopback only; to listen on ${host}, say explicitly by which host names it may be called`);
};
