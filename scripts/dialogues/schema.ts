import { z } from 'zod';

/** A text is contained, in any case; «/…/» is a regular expression (flags iu); a list inside a list means one of them. */
const wanted = z.string().min(1);
const anyOf = z.array(z.union([wanted, z.array(wanted).min(1)]));

const TOOLS = ['find_prices', 'create_booking', 'find_bookings', 'change_booking', 'cancel_booking', 'hand_over'] as const;

const expectation = z.strictObject({
  says: anyOf.optional(),
  never: z.array(wanted).optional(),
  /** Tools the model must have called in this turn, in any order; effects it must not have called are named in `neverTools`. */
  tools: z.array(z.enum(TOOLS)).optional(),
  neverTools: z.array(z.enum(TOOLS)).optional(),
  /** The bot writes nothing: after a hand-over, for an edit that changes nothing. */
  silent: z.boolean().optional(),
});

const turn = z
  .strictObject({
    /** `other` is a second customer of the same conversation. */
    who: z.enum(['customer', 'other', 'manager']).default('customer'),
    /** Several texts are sent one right after another. */
    say: z.union([wanted, z.array(wanted).min(2)]).optional(),
    /** A photo with this caption; true = without one. */
    photo: z.union([z.literal(true), wanted]).optional(),
    photos: z.strictObject({ count: z.int().min(2).max(10), caption: wanted.optional() }).optional(),
    /** Changes the customer's last text message to this. */
    edit: wanted.optional(),
    voice: z.literal(true).optional(),
    press: z.enum(['/start', '/reset']).optional(),
    /** Of a manager: answers the newest notice about this customer; `say` holds the words. */
    reply: z.literal(true).optional(),
    expect: expectation.default({}),
  })
  .refine(({ say, photo, photos, edit, voice, press }) => [say, photo, photos, edit, voice, press].filter((act) => act !== undefined).length === 1, {
    message: 'exactly one of say, photo, photos, edit, voice, press is expected',
  });

const booking = z.strictObject({
  status: z.enum(['new', 'confirmed', 'arrived', 'done', 'cancelled', 'no-show', 'past']).default('new'),
  car: wanted.optional(),
  services: z.array(wanted).optional(),
  /** Local time as `{{sat 11:00|iso}}`; null = left open. */
  wished: wanted.nullable().optional(),
  name: wanted.optional(),
  phone: wanted.optional(),
  price: z.int().nullable().optional(),
});

const ending = z.strictObject({
  /** Every booking of the customer, oldest first; [] = none. */
  bookings: z.array(booking).optional(),
  /** Messages the managers' group got about this customer; photos and relayed messages count too. */
  notices: z
    .strictObject({
      count: z.int().min(0).optional(),
      /** Pictures among them. */ photos: z.int().min(0).optional(),
      contain: anyOf.optional(),
      never: z.array(wanted).optional(),
    })
    .optional(),
  /** Stored analytics events of the customer: at least so many. */
  events: z.record(z.string(), z.int().min(0)).optional(),
  /** Whether a person has the conversation now. */
  handover: z.enum(['open', 'none']).optional(),
  /** Found nowhere in the database when the conversation is over. */
  absent: z.array(wanted).optional(),
});

const given = z.strictObject({
  /** Bookings made earlier, in the database before the first message. */
  bookings: z.array(booking.extend({ car: wanted, services: z.array(wanted), phone: wanted })).default([]),
  /** An hour that has no room left. */
  full: wanted.optional(),
});

/** One line of test/dialogues/*.jsonl; docs/dialogues.md describes it. */
export const conversationSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: wanted,
  given: given.default({ bookings: [] }),
  turns: z.array(turn).min(1),
  then: ending.default({}),
  /** The same about the second customer. */
  thenOther: ending.optional(),
  /** Sums that may be said besides the prices of the list. */
  sums: z.array(z.int()).default([]),
});

export type Conversation = z.infer<typeof conversationSchema> & Readonly<{ file: string }>;
export type Turn = Conversation['turns'][number];
export type Expectation = Turn['expect'];
export type Ending = z.infer<typeof ending>;
export type GivenBooking = z.infer<typeof given>['bookings'][number];
export type ExpectedBooking = z.infer<typeof booking>;
export type Wanted = z.infer<typeof anyOf>[number];
