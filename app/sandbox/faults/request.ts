import { z } from 'zod';

const whole = (from: number, to: number) => z.number().int().min(from).max(to);

/** How often it strikes: the next `count` times, or each time with `probability`; without either always. */
const often = { count: whole(1, 1_000_000).optional(), probability: z.number().min(0).max(1).optional() };
/** Which calls it may strike; without `method` every message (send… but typing, edit…). */
const where = { method: z.string().min(1).max(64).optional(), chat_id: z.number().int().optional() };

const telegram = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('flood'), retry_after: whole(1, 86_400).default(3), ...where, ...often }),
  z.strictObject({
    fault: z.literal('server_error'),
    status: z.literal([500, 502, 503, 504]).default(502),
    telegram_json: z.boolean().default(false),
    applied: z.boolean().default(false),
    ...where,
    ...often,
  }),
  z.strictObject({ fault: z.literal('time_out'), applied: z.boolean().default(true), ...where, ...often }),
  z.strictObject({ fault: z.literal('cut_after'), ...where, ...often }),
  z.strictObject({ fault: z.literal('cut_before'), ...where, ...often }),
  z.strictObject({ fault: z.literal('migrate_group'), ...often }),
  z.strictObject({ fault: z.literal('blocked'), ...where, ...often }),
]);

const model = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('stall_before_first_byte'), ...often }),
  z.strictObject({ fault: z.literal('stall_mid_stream'), ...often }),
  z.strictObject({ fault: z.literal('cut_mid_stream'), ...often }),
  z.strictObject({ fault: z.literal('garbage'), ...often }),
  z.strictObject({ fault: z.literal('flood'), retry_after: whole(1, 86_400).default(20), ...often }),
  z.strictObject({ fault: z.literal('server_error'), status: z.literal([500, 502, 503, 504]).default(500), ...often }),
  z.strictObject({ fault: z.literal('unknown_tool'), ...often }),
  z.strictObject({ fault: z.literal('wrong_arguments'), ...often }),
  z.strictObject({ fault: z.literal('invented_price'), ...often }),
  z.strictObject({ fault: z.literal('slow'), delay_ms: whole(1, 600_000).default(3_000), ...often }),
]);

const notBoth = ({ count, probability }: { count?: number | undefined; probability?: number | undefined }): boolean =>
  count === undefined || probability === undefined;
const BOTH = 'give count or probability, not both';

export const faultsRequest = z.strictObject({
  /** Makes the draws repeatable; a new one is drawn when it is missing. */
  seed: whole(0, 2 ** 32 - 1).optional(),
  telegram: z.array(telegram.refine(notBoth, BOTH)).max(50).default([]),
  model: z.array(model.refine(notBoth, BOTH)).max(50).default([]),
});

export type FaultsRequest = z.infer<typeof faultsRequest>;
export type TelegramFault = z.infer<typeof telegram>;
export type ModelFault = z.infer<typeof model>;
