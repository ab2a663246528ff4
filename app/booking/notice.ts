import type { BookingModel } from '../db/models/booking.ts';
import type { ClientModel } from '../db/models/client.ts';
import type { VehicleModel } from '../db/models/vehicle.ts';
import type { Sender } from '../telegram/incoming.ts';
import { buildNotice, personOf } from '../telegram/notice.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { formatLocal } from '../workshop/hours.ts';
import { formatRoubles } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';
import type { Car } from './rows.ts';

type Parts = Readonly<{ workshop: Workshop; client: ClientModel; vehicle: VehicleModel; booking: BookingModel; sender: Sender }>;

/** «Лада Веста» */
export const carName = ({ brand, model }: Pick<Car, 'brand' | 'model'>): string => [brand, model].filter((part) => part !== null).join(' ');

/** «Лада Веста 2018 г. (класс 1)» */
export const carWithClass = ({ brand, model, year, class: carClass }: Omit<Car, 'key'>): string => {
  const named = [carName({ brand, model }), year === null ? null : `${year} г.`].filter((part) => part !== null).join(' ');
  return carClass === null ? `${named} (класс не определён)` : `${named} (класс ${carClass})`;
};

const linesOf = ({ workshop, client, vehicle, booking, sender }: Parts): (readonly [label: string, value: string])[] => [
  ['Клиент', personOf({ name: client.name, username: sender.username })],
  ['Телефон', client.phone ?? 'не назван'],
  ['Автомобиль', carWithClass(vehicle)],
  ['Услуги', booking.services.join('; ')],
  ['Когда', booking.wished_at === null ? 'время не выбрано' : formatLocal(workshop, booking.wished_at)],
];

/** What the managers' group reads about a new booking. */
export const bookingNotice = (parts: Parts): RichText =>
  buildNotice({
    title: `Заявка №${parts.booking.number}`,
    lines: [
      ...linesOf(parts),
      // without it only the dialogue knows what was said
      ...(parts.booking.quoted_price === null ? [] : [['Названная цена', formatRoubles(parts.booking.quoted_price)] as const]),
    ],
    quote: parts.booking.summary,
    footer: 'Позвоните клиенту и подтвердите время.',
  });

/** What the group reads when the customer has cancelled; the reason is in the customer's words. */
export const cancelNotice = ({ reason, ...parts }: Parts & Readonly<{ reason: string | undefined }>): RichText =>
  buildNotice({ title: `Заявка №${parts.booking.number} отменена клиентом`, lines: linesOf(parts), quote: reason, footer: 'Время снова свободно.' });
