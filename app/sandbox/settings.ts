/** How long the stand-in for Telegram waits; all milliseconds. Tests scale them down, nothing else changes. */
export type SandboxDurations = Readonly<{
  /** One webhook request, from connect to the last byte of the answer. */
  deliveryTimeoutMs: number;
  /** The first repeat comes at once, the second after this, then doubling to a limit drawn anew between `retryCapMs` and twice that. */
  retryBaseMs: number;
  retryCapMs: number;
  /** The longest Retry-After that is obeyed as it stands; a longer one counts as this. */
  retryAfterCapMs: number;
  /** An update is given up when its next attempt would come later than this after it arose. */
  expiryMs: number;
  /** The same for a pressed button. */
  pressExpiryMs: number;
  /** setWebhook sooner than this after another gets 429. */
  setWebhookPauseMs: number;
  /** The longest wait of getUpdates, whatever it asks for. */
  pollMaxMs: number;
  /** Silence after which the page's event stream gets a comment, so that a dead connection is noticed. */
  eventsPingMs: number;
}>;

export const DEFAULT_DURATIONS: SandboxDurations = Object.freeze({
  deliveryTimeoutMs: 60_000,
  retryBaseMs: 2_000,
  retryCapMs: 60_000,
  retryAfterCapMs: 3_600_000,
  expiryMs: 24 * 3_600_000,
  pressExpiryMs: 150_000,
  setWebhookPauseMs: 1_000,
  pollMaxMs: 50_000,
  eventsPingMs: 15_000,
});

/** What one bot may send before it gets 429, and what the server reads at most. Infinity switches a rate off. */
export type SandboxLimits = Readonly<{
  privatePerSecond: number;
  privateBurst: number;
  groupPerMinute: number;
  /** Sends to all chats together. */
  bulkPerSecond: number;
  /** Bodies of the Bot API and of the script API. */
  bodyBytes: number;
  /** Bodies of the model: a long history of long messages is legal there. */
  modelBodyBytes: number;
}>;

export const DEFAULT_LIMITS: SandboxLimits = Object.freeze({
  privatePerSecond: 1,
  privateBurst: 5,
  groupPerMinute: 20,
  bulkPerSecond: 30,
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
