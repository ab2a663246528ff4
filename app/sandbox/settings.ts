/** How long the stand-in for Telegram waits; all milliseconds. Tests scale them down, nothing else changes. */
export type SandboxDurations = Readonly<{
  /** One webhook request, from connect to the last byte of the answer. */
  deliveryTimeoutMs: number;
  /** The first repeat comes at once, the second after this, then doubling to `retryCapMs`. */
  retryBaseMs: number;
  retryCapMs: number;
  /** An update nobody took is given up after this. */
  expiryMs: number;
  /** The longest wait of getUpdates, whatever it asks for. */
  pollMaxMs: number;
  /** Silence after which the page's event stream gets a comment, so that a dead connection is noticed. */
  eventsPingMs: number;
}>;

export const DEFAULT_DURATIONS: SandboxDurations = Object.freeze({
  deliveryTimeoutMs: 60_000,
  retryBaseMs: 2_000,
  retryCapMs: 60_000,
  expiryMs: 24 * 3_600_000,
  pollMaxMs: 50_000,
  eventsPingMs: 15_000,
});

/** What one bot may send before it gets 429, and what the server reads at most. Infinity switches a rate off. */
export type SandboxLimits = Readonly<{
  privatePerSecond: number;
  privateBurst: number;
  groupPerMinute: number;
  /** Bodies of the Bot API and of the script API. */
  bodyBytes: number;
  /** Bodies of the model: a long history of long messages is legal there. */
  modelBodyBytes: number;
}>;

export const DEFAULT_LIMITS: SandboxLimits = Object.freeze({
  privatePerSecond: 1,
  privateBurst: 5,
  groupPerMinute: 20,
  bodyBytes: 1_048_576,
  modelBodyBytes: 16 * 1_048_576,
});

/** Which of the four parts are real; shown on the page. */
export type SandboxParts = Readonly<{
  telegram: 'sandbox' | 'real';
  model: 'scripted' | 'real';
  database: 'embedded' | 'real';
  workshop: 'example' | 'real';
}>;
