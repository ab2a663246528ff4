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
  }),
  z.object({
    ok: z.literal(false),
    reason: z.string(),
    message: z.string().default(''),
    nearest: z.array(z.string()).default([]),
    missing: z.array(z.string()).default([]),
  }),
]);

const listedBooking = z.object({
  number: z.number(),
  car: z.string().default(''),
  services: z.array(z.string()).default([]),
  wished: z.string().nullish(),
  status: z.string().default('new'),
});
const bookingsResult = z.object({ bookings: z.array(listedBooking) });
const refusedChange = z.object({
  ok: z.literal(false),
  reason: z.string(),
  message: z.string().default(''),
  nearest: z.array(z.string()).default([]),
  bookings: z.array(listedBooking).default([]),
});
const changeResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    number: z.number(),
    wished: z.string().nullish(),
    services: z.array(z.string()).default([]),
    changed: z.array(z.string()).default([]),
  }),
  refusedChange,
]);
const cancelResult = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), number: z.number(), repeated: z.boolean().default(false) }), refusedChange]);
const handOverResult = z.object({ ok: z.literal(true) });

export type PriceMatch = z.infer<typeof priceMatch>;
export type PriceResult = z.infer<typeof priceResult>;
export type BookingResult = z.infer<typeof bookingResult>;
export type ListedBooking = z.infer<typeof listedBooking>;
export type ChangeResult = z.infer<typeof changeResult>;
export type CancelResult = z.infer<typeof cancelResult>;

/** The result of a price call; null when the tool failed or said something else than agreed. */
export const readPrices = (call: ToolCall): PriceResult | null => priceResult.safeParse(call.result).data ?? null;
export const readBooking = (call: ToolCall): BookingResult | null => bookingResult.safeParse(call.result).data ?? null;
export const readBookings = (call: ToolCall): readonly ListedBooking[] | null => bookingsResult.safeParse(call.result).data?.bookings ?? null;
export const readChange = (call: ToolCall): ChangeResult | null => changeResult.safeParse(call.result).data ?? null;
export const readCancel = (call: ToolCall): CancelResult | null => cancelResult.safeParse(call.result).data ?? null;
export const handedOver = (call: ToolCall): boolean => handOverResult.safeParse(call.result).success;
