import { z } from 'zod';
import type { ToolCall } from './conversation.ts';

const price = z.number().nullable();
const priceMatch = z.object({
  service: z.string(),
  unit: z.string().default(''),
  from: z.boolean().default(false),
  price: price.default(null),
  prices: z.record(z.string(), price).default({}),
});
const priceResult = z.object({
  car: z.object({ model: z.string().optional(), class: z.number(), class_title: z.string().optional() }).nullish(),
  matches: z.array(priceMatch),
});
const bookingResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    number: z.number(),
    wished: z.string().nullish(),
    repeated: z.boolean().default(false),
    /** Another time than the booking has was passed to the manager. */
    change_requested: z.boolean().default(false),
  }),
  z.object({
    ok: z.literal(false),
    reason: z.string(),
    message: z.string().default(''),
    nearest: z.array(z.string()).default([]),
    missing: z.array(z.string()).default([]),
  }),
]);

export type PriceMatch = z.infer<typeof priceMatch>;
export type PriceResult = z.infer<typeof priceResult>;
export type BookingResult = z.infer<typeof bookingResult>;

/** The result of a price call; null when the tool failed or said something else than agreed. */
export const readPrices = (call: ToolCall): PriceResult | null => priceResult.safeParse(call.result).data ?? null;
export const readBooking = (call: ToolCall): BookingResult | null => bookingResult.safeParse(call.result).data ?? null;
