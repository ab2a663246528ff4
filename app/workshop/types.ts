/** 1 small and medium, 2 business and crossover, 3 premium, SUV, minivan. */
export type CarClass = 1 | 2 | 3;
export const CAR_CLASSES: readonly CarClass[] = [1, 2, 3];

export type ClassPrices = Readonly<Record<CarClass, number | null>>;

/** One line of the price list. Prices are whole roubles; null = the workshop quotes no price for that class. */
export type PriceRow = Readonly<{
  id: string;
  section: string;
  service: string;
  unit: string;
  prices: ClassPrices;
  /** The list says "from N": the final price is known after the inspection. */
  from: boolean;
  /** Phrases customers use for this service; each stands alone. */
  keywords: readonly string[];
}>;

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** 'HH:MM' in the workshop's own time zone; null = closed all day. */
export type DayHours = Readonly<{ open: string; close: string }> | null;

/** `models`: one string per model, its spellings separated by " / "; the first one is the model's name. */
export type CarClassModels = Readonly<{ class: CarClass; title: string; models: readonly string[] }>;

/** Everything one workshop is: read once at start, frozen, never changed while the process lives. */
export type Workshop = Readonly<{
  name: string;
  address: string;
  phone: string;
  timezone: string;
  hours: Readonly<Record<Weekday, DayHours>>;
  capacityPerHour: number;
  managerChatId: number;
  consent: string;
  prices: readonly PriceRow[];
  carClasses: readonly CarClassModels[];
  prompt: string;
  welcome: string;
  /** sha256 over all content files: equal hash = equal answers. */
  contentHash: string;
}>;
