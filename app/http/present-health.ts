import type { HealthPart, HealthStatus } from './ports.ts';

type Parts = Readonly<Record<string, HealthPart>>;

const worst = (parts: Parts): HealthStatus => {
  const words = Object.values(parts).map(({ status }) => status);
  return words.find((word) => word === 'down') ?? words.find((word) => word === 'degraded') ?? 'ok';
};

const codeOf = (status: HealthStatus): number => (status === 'down' ? 503 : 200);

/** Status words only: facts tell an attacker what to attack. */
export const presentPublicHealth = (parts: Parts) => {
  const status = worst(parts);
  return { status: codeOf(status), body: { status, parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.status])) } };
};

/** Everything that is known. */
export const presentAdminHealth = (parts: Parts) => {
  const status = worst(parts);
  return { status: codeOf(status), body: { status, parts } };
};
