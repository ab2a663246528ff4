import { buildNotice, personOf } from '../telegram/notice.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { formatLocal } from '../workshop/hours.ts';
import { formatRoubles } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';
import { carWithClass } from './notice.ts';
import type { Car } from './rows.ts';

/** What of a booking a customer can change. */
export type State = Readonly<{ name: string | null; phone: string | null; car: Car; services: readonly string[]; wishedAt: Date | null; price: number | null }>;
export type ChangedField = 'name' | 'phone' | 'car' | 'services' | 'time' | 'price';

type Value = string | number | null;

// the same list in another order or letter case is the same list
const sameServices = (services: readonly string[]): string =>
  services
    .map((service) => service.trim().toLowerCase())
    .toSorted()
    .join('\n');

const IDENTITY: Readonly<Record<ChangedField, (state: State) => Value>> = {
  time: ({ wishedAt }) => wishedAt?.getTime() ?? null,
  services: ({ services }) => sameServices(services),
  car: ({ car }) => `${car.key}\n${car.year ?? ''}`,
  name: ({ name }) => name,
  phone: ({ phone }) => phone,
  price: ({ price }) => price,
};

const FIELDS = Object.keys(IDENTITY) as ChangedField[];

/** Which fields differ. */
export const decideChanges = (before: State, after: State): readonly ChangedField[] =>
  FIELDS.filter((field) => IDENTITY[field](before) !== IDENTITY[field](after));

/** Whether the same works are wished for the same car, so that a price named for them stands. */
export const isSameWork = (before: State, after: State): boolean => before.car.key === after.car.key && IDENTITY.services(before) === IDENTITY.services(after);

const AGREED: readonly ChangedField[] = ['time', 'services', 'car'];

/** Whether it touches what the managers agreed to, so that they must agree anew. */
export const needsConfirming = (changed: readonly ChangedField[]): boolean => changed.some((field) => AGREED.includes(field));

type Parts = Readonly<{ before: State; after: State; changed: readonly ChangedField[]; number: number; wasConfirmed: boolean; username: string | undefined }>;

// a line of a notice is cut at 400 characters, and the new value is its end
const LONGEST_LINE = 380;

const lineOf = (label: string, before: string, after: string): (readonly [string, string])[] => {
  if (before === after) return [[label, after]];
  const line = `${before} → ${after}`;
  if (line.length <= LONGEST_LINE) return [[label, line]];
  return [
    [`${label}, было`, before],
    [`${label}, стало`, after],
  ];
};

const footerOf = ({ changed, wasConfirmed }: Parts): string | undefined => {
  if (!needsConfirming(changed)) return undefined;
  return wasConfirmed ? 'Заявка была подтверждена: подтвердите её заново.' : 'Позвоните клиенту и подтвердите.';
};

/** What the group reads about a changed booking: whose it is, and before → after of each field that changed. */
export const createChangeNotice = (workshop: Workshop) => {
  const shownOf = (username: string | undefined): readonly (readonly [field: ChangedField, label: string, shown: (state: State) => string])[] => [
    ['name', 'Клиент', ({ name }) => personOf({ name, username })],
    ['phone', 'Телефон', ({ phone }) => phone ?? 'не назван'],
    ['car', 'Автомобиль', ({ car }) => carWithClass(car)],
    ['services', 'Услуги', ({ services }) => services.join('; ')],
    ['time', 'Когда', ({ wishedAt }) => (wishedAt === null ? 'время не выбрано' : formatLocal(workshop, wishedAt))],
    ['price', 'Названная цена', ({ price }) => (price === null ? 'не называлась' : formatRoubles(price))],
  ];
  const ALWAYS: readonly ChangedField[] = ['name', 'phone', 'car'];

  return (parts: Parts): RichText =>
    buildNotice({
      title: `Заявка №${parts.number} изменена`,
      lines: shownOf(parts.username)
        .filter(([field]) => ALWAYS.includes(field) || parts.changed.includes(field))
        .flatMap(([field, label, shown]) => lineOf(label, shown(parts.changed.includes(field) ? parts.before : parts.after), shown(parts.after))),
      footer: footerOf(parts),
    });
};
