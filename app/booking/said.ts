import { storableText } from '../kit/text.ts';
import type { ToolArguments } from '../llm/tools.ts';
import { classifyCar } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';
import { normalisePhone } from './phone.ts';
import { refuse, type Refusal } from './result.ts';
import type { Car } from './rows.ts';

/** The car a customer named, with one key for all its spellings. */
export const readCar = (workshop: Workshop, { brand, model, year }: ToolArguments['create_booking']['car']): Car => {
  const named = storableText([brand, model].filter(Boolean).join(' ').trim());
  const known = classifyCar(workshop, named);
  const key = (known?.model ?? named).toLowerCase().replaceAll(/\s+/g, ' ');
  return {
    key,
    brand: storableText(brand.trim()),
    model: model === undefined ? null : storableText(model.trim()),
    year: year ?? null,
    class: known?.class ?? null,
  };
};

/** Null: nothing was said. */
export const readName = (given: string): string | null => {
  const name = storableText(given.trim());
  return name === '' ? null : name;
};

/** E.164, or why it is none. */
export const readPhone = (given: string): string | Refusal =>
  normalisePhone(given) ?? refuse('bad_phone', 'Номер телефона не похож на настоящий: уточните его, пожалуйста.', { missing: ['phone'] });
