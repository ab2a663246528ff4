/** A booking as the model reads it. */
export type BookingLine = Readonly<{ number: number; car: string; services: readonly string[]; wished: string | null; status: 'new' | 'confirmed' }>;

/** Why nothing was done; `message` is in Russian, for the customer. */
export type Refusal = Readonly<{
  ok: false;
  reason: 'missing' | 'bad_phone' | 'closed' | 'past' | 'too_far' | 'unreadable' | 'full' | 'none' | 'which' | 'nothing';
  message: string;
  /** Free times near the wish, local ISO. */
  nearest?: readonly string[];
  missing?: readonly string[];
  /** The customer's own open bookings, to choose from. */
  bookings?: readonly BookingLine[];
}>;

export const refuse = (reason: Refusal['reason'], message: string, more: Partial<Refusal> = {}): Refusal => ({ ok: false, reason, message, ...more });

export const isRefusal = (value: unknown): value is Refusal => typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;
