import { createHash, createHmac, randomBytes } from 'node:crypto';

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const LETTERS = 'abcdefghijklmnop';

// letters alone: eleven digits in a row would be blanked as a phone by the logger
const letters = (bytes: Uint8Array): string => Array.from(bytes, (byte) => `${LETTERS[byte >> 4] ?? ''}${LETTERS[byte & 15] ?? ''}`).join('');

/** `prefix-` and 16 random letters. */
export const newId = (prefix: string): string => `${prefix}-${letters(randomBytes(8))}`;

/** How a chat or user id appears in logs: 12 letters of an HMAC, so that lines can be joined but not traced to a person. */
export const pseudonym = (key: string, id: number | string): string => letters(createHmac('sha256', key).update(String(id)).digest()).slice(0, 12);
