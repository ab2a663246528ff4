import type { DialogEvent } from '../observability/metrics.ts';

type EventRow = Readonly<{ when: string; properties: Readonly<Record<string, string>> }>;

const MESSAGE_TYPE = '`booking_intent`, `price_inquiry` or `general`, as far as words tell (app/analytics/message-type.ts)';

/** Every analytics event: when it is stored and what each property means. An event with a property too few or too many does not compile. */
export const EVENTS = {
  ai_dialog_started: {
    when: 'the first message after 12 hours in which neither the customer nor a manager wrote in this chat',
    properties: {
      platform: '`telegram`',
      user_id: 'Telegram’s id of the customer',
      message_type: `\`command\`, or ${MESSAGE_TYPE}`,
      has_recent_booking: 'booked within the 30 days before',
    },
  },
  greeting_sent: {
    when: 'the answer to /start',
    properties: {
      user_id: 'Telegram’s id of the customer',
      user_type: '`returning`: wrote or booked before; else `new`',
      delivery_time_ms: 'from the receipt of /start until the greeting was handed to the outbox',
      template_used: '`welcome`: the workshop’s welcome.md',
    },
  },
  user_engagement: {
    when: 'the first words of a customer after a greeting',
    properties: {
      user_id: 'Telegram’s id of the customer',
      time_to_engagement_ms: 'from the greeting to the receipt of those words',
      message_count: 'messages answered together with it',
      engagement_type: MESSAGE_TYPE,
    },
  },
  service_suggested: {
    when: 'each service of the price list that an answer offers: its price, looked up for this answer, stands in it',
    properties: {
      service_name: 'its name in the price list',
      confidence_score:
        '0–1: of the meaningful words the price list was asked with (cars and sides left out), the share that the row’s section, name and keywords hold; empty when the request is not known any more',
      suggestion_type: '`exact_price`; `from_price`: the list says “from”; `price_range`: the class of the car is not known',
      context: '`message_type` of the turn, `car_class` or null, `price` in roubles or null for a range',
    },
  },
  service_added: {
    when: 'each service of a new booking',
    properties: {
      service_name: 'its name in the price list, `unlisted` when it is not there',
      quantity: '1: bookings hold no counts',
      price: 'roubles: the price of a booking of one service; else the one that was suggested in this dialogue; null when neither is known',
      total_price: 'price × quantity',
    },
  },
  ai_suggestion_accepted: {
    when: 'each service of a new booking that was suggested to this customer by an earlier answer of the dialogue',
    properties: {
      service_name: 'its name in the price list',
      booking_id: 'number of the booking',
      acceptance_type: '`as_suggested`: everything booked was suggested; else `with_others`',
    },
  },
  cart_confirmed: {
    when: 'each new booking',
    properties: {
      services_count: 'services of the booking',
      total_amount: 'roubles: the price named for the booking, else the sum when every part of it is known, else null',
      confirmation_type: '`with_time` or `without_time` of a visit',
    },
  },
  booking_request_created: {
    when: 'each new booking',
    properties: {
      booking_id: 'number of the booking',
      services_count: 'services of the booking',
      estimated_total: 'roubles: the price named for the booking, or null',
      processing_time_ms: 'from the call of the tool to the booking',
      user_segment: '`returning`: booked before; else `new`',
    },
  },
  ai_response_time: {
    when: 'each answer of the model',
    properties: {
      duration_ms: 'from the start of the answer to its end, tools included; after a takeover the part that was left',
      model_used: 'the model’s own name for itself',
      timestamp: 'UTC, ISO 8601',
    },
  },
  error_occurred: {
    when: 'a model that gave no answer, a turn that failed, a batch that was given up',
    properties: {
      error_class: 'code of our errors, class of a foreign one, or `dead_letter`',
      error_message: 'of our own errors, redacted; what a foreign error says is not kept: it may quote the customer',
      context: '`model`, `turn` or `dead_letter`',
      timestamp: 'UTC, ISO 8601',
    },
  },
} as const satisfies Readonly<Record<DialogEvent, EventRow>>;
