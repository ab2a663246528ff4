/** Every figure that an alert compares with, in one place. Durations in seconds, shares from 0 to 1, counts per window of their alert. */
export const THRESHOLDS = {
  /** How long a workshop is missed after its last scrape; one that is closed for good is silenced for as long. */
  vanishedWindow: '6h',
  /** 99.9 % of deliveries answered without a 5xx. */
  httpErrorBudget: 0.001,
  /** A burn counts only from this many failures on: one failed request of a quiet night is 100 %. */
  burnFailures: 10,
  /** Within five minutes, to be seen within five. */
  errorRate: 0.05,
  errorRateFailures: 5,
  /** HTTP p95 of the targets. */
  webhookSlowSeconds: 0.5,
  webhookSlowRequests: 20,
  updatesNotStored: 3,
  refusedDeliveries: 5,
  /** Telegram repeats without end what it cannot deliver; a stranger's visit is over within the hour. */
  secretlessDeliveries: 3,
  poisonUpdates: 5,
  /** An answer takes at most 30 s; twice that is no slow answer any more. */
  updateAgeSeconds: 120,
  /** The longest pause between two attempts of an unknown send is 600 s. */
  outboxAgeSeconds: 900,
  noticeAgeSeconds: 300,
  outboxDead: 10,
  sendFailureShare: 0.2,
  sends: 10,
  floodWaitSeconds: 120,
  /** Shortly before the 30 s that are promised. */
  turnSlowSeconds: 25,
  turns: 10,
  turnFailureShare: 0.2,
  modelFailureShare: 0.2,
  modelCalls: 10,
  modelSlowSeconds: 10,
  answersReplacedShare: 0.05,
  answersReplaced: 3,
  /** Of the day's limit, within an hour. A busy hour of a workshop whose limit is twice its usual day uses a tenth. */
  costShareOfLimit: 0.2,
  /** Times the dearest hour of the week before. */
  costJump: 3,
  bookingRefusals: 10,
  poolWaiting: 3,
  eventLoopLagSeconds: 0.5,
  securityEvents: 100,
} as const;
