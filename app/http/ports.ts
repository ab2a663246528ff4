/** What became of a delivery: stored now, known already, or stored as unreadable. */
type ReceiveOutcome = 'stored' | 'duplicate' | 'poison';

/**
 * Stores one delivery; resolves only when it is on disk. Throws AppError DATABASE_UNAVAILABLE when it cannot be stored now.
 * `body` is what Telegram sent, byte for byte, and may be anything.
 */
export type Receive = (input: Readonly<{ body: Buffer; requestId: string; traceparent: string | undefined }>) => Promise<Readonly<{ outcome: ReceiveOutcome }>>;

export type HealthStatus = 'ok' | 'degraded' | 'down';
export type HealthPart = Readonly<{ status: HealthStatus; [fact: string]: unknown }>;

export type Health = Readonly<{
  /** Whether updates can be stored now, from facts at hand: it is asked often and must not wait. */
  ready: () => Readonly<{ ok: boolean; reason: string }>;
  /** Every part with its facts, for the admin listener; only the status words are ever shown in public. */
  detail: () => Promise<Readonly<Record<string, HealthPart>>>;
}>;

/** What the operator reads from /role. */
export type RoleReport = Readonly<{
  revision: string | undefined;
  role: 'active' | 'standby' | 'draining';
  epoch: number;
  /** Turns and sends that are running here. */
  inFlight: number;
  /** Level of the database's schema; null before it was read. */
  schema: number | null;
}>;
