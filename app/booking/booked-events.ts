import type { EventDraft, EventStory } from '../analytics/events.ts';
import type { Suggestions } from '../analytics/suggestions.ts';
import type { BookingModel } from '../db/models/booking.ts';
import { findPrices } from '../workshop/quote.ts';
import type { CarClass, Workshop } from '../workshop/types.ts';

type Parts = Readonly<{
  workshop: Workshop;
  booking: BookingModel;
  carClass: CarClass | null;
  /** What was suggested to the customer earlier in this dialogue. */
  suggested: Suggestions;
  /** The customer was known before. */
  returning: boolean;
  processingMs: number;
  telegramUserId: number;
}>;

type Item = Readonly<{ name: string; suggested: boolean; price: number | null }>;

/** A booked service that is not in the price list: its words are the customer's, so they are not kept here. */
const UNLISTED = 'unlisted';

const itemOf = (service: string, { workshop, carClass, suggested }: Parts): Item => {
  const matches = findPrices(workshop, { service, carClass: carClass ?? undefined });
  const match = matches.find(({ service: name }) => suggested.has(name)) ?? matches[0];
  if (!match) return { name: UNLISTED, suggested: false, price: null };
  const quoted = suggested.get(match.service);
  return { name: match.service, suggested: quoted !== undefined, price: quoted?.price ?? null };
};

const itemsOf = (parts: Parts): readonly Item[] => {
  const { services, quoted_price: quotedPrice } = parts.booking;
  const items = services.map((service) => itemOf(service, parts));
  const [only, ...more] = items;
  return only && more.length === 0 ? [{ ...only, price: quotedPrice ?? only.price }] : items; // the price of the whole is the price of its only part
};

const sumOf = (items: readonly Item[]): number | null =>
  items.reduce<number | null>((sum, { price }) => (sum === null || price === null ? null : sum + price), 0);

/** What analytics learns of a new booking. Services by their names in the price list; nothing a customer wrote. */
export const bookingEvents = (parts: Parts): readonly EventDraft[] => {
  const { booking, telegramUserId, returning, processingMs } = parts;
  const { number, quoted_price: quotedPrice } = booking;
  const items = itemsOf(parts);
  const added = ({ name, price }: Item, index: number): EventStory => ({
    name: 'service_added',
    key: `added:${number}:${index}`,
    properties: { service_name: name, quantity: 1, price, total_price: price },
  });
  const accepted = ({ name, suggested }: Item, index: number): EventStory[] => {
    const acceptance = items.every((item) => item.suggested) ? 'as_suggested' : 'with_others';
    const properties = { service_name: name, booking_id: number, acceptance_type: acceptance };
    return suggested ? [{ name: 'ai_suggestion_accepted', key: `accepted:${number}:${index}`, properties }] : [];
  };
  const confirmed: EventStory = {
    name: 'cart_confirmed',
    key: `cart:${number}`,
    properties: {
      services_count: items.length,
      total_amount: quotedPrice ?? sumOf(items),
      confirmation_type: booking.wished_at === null ? 'without_time' : 'with_time',
    },
  };
  const created: EventStory = {
    name: 'booking_request_created',
    key: `booking:${number}`,
    properties: {
      booking_id: number,
      services_count: items.length,
      estimated_total: quotedPrice,
      processing_time_ms: processingMs,
      user_segment: returning ? 'returning' : 'new',
    },
  };
  return [...items.map(added), ...items.flatMap(accepted), confirmed, created].map((story) => ({ ...story, telegramUserId }));
};
