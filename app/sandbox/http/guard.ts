import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { secretEquals } from '../secret.ts';
import { HttpFault } from './fault.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

export type Guard = ReturnType<typeof createGuard>;

/** Who may speak to the sandbox: known Host names only (against DNS rebinding), own Origin on writes, and the access token or the page's cookie. */
export const createGuard = ({ accessToken, hostNames, port }: { accessToken: string; hostNames: readonly string[]; port: () => number }) => {
  const names = [...LOOPBACK_NAMES, ...hostNames];
  const isKnownHost = (host: string | undefined): boolean => host !== undefined && names.some((name) => host.toLowerCase() === `${name}:${port()}`);
  const isOwnOrigin = (origin: string): boolean => origin.startsWith('http://') && isKnownHost(origin.slice('http://'.length));
  // The cookie is derived, so that a leaked cookie file does not hold the token itself.
  const cookieValue = createHmac('sha256', accessToken).update('page').digest('base64url');
  const cookieName = (): string => `valera_sandbox_${port()}`;

  const hasBearer = ({ authorization }: IncomingHttpHeaders): boolean => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    return token !== undefined && secretEquals(token, accessToken);
  };
  const hasCookie = ({ cookie = '' }: IncomingHttpHeaders): boolean => {
    const prefix = `${cookieName()}=`;
    const value = cookie
      .split('; ')
      .find((part) => part.startsWith(prefix))
      ?.slice(prefix.length);
    return value !== undefined && secretEquals(value, cookieValue);
  };

  return {
    checkHost: ({ host }: IncomingHttpHeaders): void => {
      if (!isKnownHost(host)) throw new HttpFault(421, 'unknown Host');
    },
    isAccessToken: (token: string): boolean => secretEquals(token, accessToken),
    isVisitor: (headers: IncomingHttpHeaders): boolean => hasBearer(headers) || hasCookie(headers),
    setCookie: (): string => `${cookieName()}=${cookieValue}; Path=/; HttpOnly; SameSite=Strict`,
    checkRead: (headers: IncomingHttpHeaders): void => {
      if (!hasBearer(headers) && !hasCookie(headers)) throw new HttpFault(401, 'the access token is missing or wrong: send Authorization: Bearer <token>');
    },
    checkWrite: (headers: IncomingHttpHeaders): void => {
      const bearer = hasBearer(headers);
      if (!bearer && !hasCookie(headers)) throw new HttpFault(401, 'the access token is missing or wrong: send Authorization: Bearer <token>');
      const { origin } = headers;
      // A script sends no Origin; a browser always does on a write, and a cookie alone must never be enough.
      if (origin === undefined ? !bearer : !isOwnOrigin(origin)) throw new HttpFault(403, 'foreign Origin');
    },
  };
};
