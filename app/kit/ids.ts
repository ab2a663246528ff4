import { createHash, createHmac, randomBytes } from 'node:crypto';

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** `prefix-` and 12 random hex digits. */
export const newId = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;

/** How a chat or user id appears in logs: 12 hex digits of an HMAC, so that lines can be joined but not traced to a person. */
export const pseudonym = (key: string, id: number | string): string => createHmac('sha256', key).update(String(id)).digest('hex').slice(0, 12);
