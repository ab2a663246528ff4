/** Ports the process listens on unless configuration says otherwise. */
export const PORTS = { public: 8080, admin: 9464 } as const;

/** Paths of the public listener: what a load balancer, the kubelet and Telegram may ask. */
export const PUBLIC_PATHS = { webhook: '/telegram/webhook', up: '/up', ready: '/ready', health: '/health' } as const;

/** Paths of the admin listener; never part of a public Service. */
export const ADMIN_PATHS = { health: '/health', metrics: '/metrics', role: '/role' } as const;

/** Header in which Telegram repeats the secret given to setWebhook. */
export const WEBHOOK_SECRET_HEADER = 'x-telegram-bot-api-secret-token';
