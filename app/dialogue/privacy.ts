import { firstNamesIn, phoneKeys, wordsIn, type MaskOptions } from '../llm/mask.ts';
import type { Workshop } from '../workshop/types.ts';

/** What of a workshop's own words the model may see and say: its phones, its cars and services, the name the bot goes by. */
export const privacyOf = ({ name, address, phone, consent, prompt, welcome, prices, carClasses }: Workshop): Omit<MaskOptions, 'names'> => {
  const vocabulary = [
    name,
    address,
    ...prices.flatMap(({ section, service, unit, keywords }) => [section, service, unit, ...keywords]),
    ...carClasses.flatMap(({ title, models }) => [title, ...models]),
  ];
  return {
    keepWords: new Set([...vocabulary.flatMap(wordsIn), ...[prompt, welcome].flatMap(firstNamesIn)]),
    keepPhones: new Set([phone, address, consent, prompt, welcome].flatMap(phoneKeys)),
  };
};
