import { createHash, timingSafeEqual } from 'node:crypto';

export type SecretVerdict = 'accepted' | 'missing' | 'wrong';
/** Headers may be repeated; Node joins such values, so a list never equals a secret. */
type Presented = string | readonly string[] | undefined;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Compares a presented secret with those that are valid now (the current one, and the previous one during a rotation).
 * All are compared, as hashes of equal length: the time tells neither the length nor the first wrong character, nor which one matched.
 */
export const createSecretCheck = (secrets: readonly (string | undefined)[]) => {
  const valid = secrets.filter((secret) => secret !== undefined).map(hash);
  return (presented: Presented): SecretVerdict => {
    const digest = hash(String(presented ?? ''));
    const matches = valid.map((one) => timingSafeEqual(one, digest)).filter(Boolean).length;
    if (presented === undefined || presented.length === 0) return 'missing';
    return matches > 0 ? 'accepted' : 'wrong';
  };
};
