import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Equality in constant time for any lengths: hashes are compared, so the length leaks nothing either. */
export const secretEquals = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
