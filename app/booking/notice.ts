import type { BookingModel } from '../db/models/booking.ts';
import type { ClientModel } from '../db/models/client.ts';
import type { VehicleModel } from '../db/models/vehicle.ts';
import type { Sender } from '../telegram/incoming.ts';
import { buildNotice } from '../telegram/notice.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { formatLocal } from '../workshop/hours.ts';
import { formatRoubles } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';

type Parts = Readonly<{ workshop: Workshop; client: ClientModel; vehicle: VehicleModel; booking: BookingModel; sender: Sender }>;

const carOf = ({ brand, model, year, class: carClass }: VehicleModel): string => {
  const named = [brand, model, year === null ? null : `${year} г.`].filter((part) => part !== null).join(' ');
  return carClass === null ? `${named} (класс не определён)` : `${named} (класс ${carClass})`;
};

const personOf = (name: string | null, username: string | undefined): string =>
  [name, username && `@${username}`].filter(Boolean).join(', ') || 'имя не названо';

/** What the group reads when a customer with an open booking wishes for another time. */
export const changeNotice = ({
  number,
  before,
  wished,
  sender,
}: Readonly<{ number: number; before: string | null; wished: string; sender: Sender }>): RichText =>
  buildNotice({
    title: `Заявка №${number}: клиент просит другое время`,
    lines: [
      ['Клиент', personOf(sender.name, sender.username)],
      ['Сейчас', before ?? 'время не выбрано'],
      ['Просит', wished],
    ],
    footer: 'В заявке время прежнее. Позвоните клиенту и договоритесь.',
  });

/** What the managers' group reads about a new booking. */
export const bookingNotice = ({ workshop, client, vehicle, booking, sender }: Parts): RichText =>
  buildNotice({
    title: `Заявка №${booking.number}`,
    lines: [
      ['Клиент', personOf(client.name, sender.username)],
      ['Телефон', client.phone ?? 'не назван'],
      ['Автомобиль', carOf(vehicle)],
      ['Услуги', booking.services.join('; ')],
      ['Когда', booking.wished_at === null ? 'время не выбрано' : formatLocal(workshop, booking.wished_at)],
      // without it only the dialogue knows what was said
      ...(booking.quoted_price === null ? [] : [['Названная цена', formatRoubles(booking.quoted_price)] as const]),
    ],
    quote: booking.summary,
    footer: 'Позвоните клиенту и подтвердите время.',
  });
