import { CAR_BRANDS, CAR_MODELS } from '../lexicon/car-names.ts';
import { blank, capitalise, normalise, words } from '../lexicon/words.ts';

export type Car = Readonly<{ brand: string; model: string | undefined; year: number | undefined }>;

const MODEL_CODE = '(?: ?-?(?:[a-zа-я]{1,3}-?)?\\d{1,3}[a-zа-я]?)?';
const models = CAR_MODELS.map(([brand, model, spelling]) => ({ brand, model, finder: words(spelling) }));
const brands = CAR_BRANDS.map(([brand, spelling]) => ({ brand, finder: words(`(?:${spelling})(${MODEL_CODE})`) }));
const VAZ = words('(?:ваз[- ]?|лад[ауые] )?(21\\d\\d)');
const YEAR = /(?<!\d)(19[89]\d|20[0-3]\d)(?!\d)/;
const ALL_NAMES = words(
  `(?:${[...CAR_MODELS.map(([, , spelling]) => spelling), ...CAR_BRANDS.map(([, spelling]) => `(?:${spelling})${MODEL_CODE}`)].join('|')})`,
  'gu',
);
const YEAR_PHRASE = /(?<!\d)(?:19[89]\d|20[0-3]\d)(?!\d)(?: ?-?(?:года?|г\.?)(?!\p{L}))?/gu;

const yearOf = (text: string): number | undefined => {
  const match = YEAR.exec(text);
  return match ? Number(match[1]) : undefined;
};

const findModel = (text: string): Omit<Car, 'year'> | undefined => {
  const known = models.find(({ finder }) => finder.test(text));
  if (known) return { brand: known.brand, model: known.model };
  const number = VAZ.exec(text)?.[1];
  return number ? { brand: 'ВАЗ', model: number } : undefined;
};

const findBrand = (text: string): Omit<Car, 'year'> | undefined => {
  for (const { brand, finder } of brands) {
    const match = finder.exec(text);
    if (match) return { brand, model: match[1]?.trim().toUpperCase() || undefined };
  }
  return undefined;
};

/** A car whose model or brand we know by name, in any case ending, Russian or Latin. */
export const findCar = (text: string): Car | undefined => {
  const plain = normalise(text);
  const named = findModel(plain) ?? findBrand(plain);
  return named ? { ...named, year: yearOf(plain) } : undefined;
};

const NOT_A_CAR = words('да|нет|не знаю|зачем|почему|какая|никакая|хорошо|ок|спасибо');
const FILLER = words('у меня|это|моя|мой|машина|автомобиль|авто|тачка|на|для|марка|модель', 'gu');

/** The answer to «какая у вас машина?» when the name is not in our lists: up to four words are taken as brand and model. */
export const carFromAnswer = (text: string): Car | undefined => {
  const known = findCar(text);
  if (known) return known;
  const plain = normalise(text);
  if (NOT_A_CAR.test(plain) || /[?@]/.test(plain)) return undefined;
  const tokens = blank(blank(plain, FILLER), YEAR_PHRASE)
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, ' ')
    .split(' ')
    .filter(Boolean);
  const [brand, ...model] = tokens;
  if (!brand || tokens.length > 4 || plain.length > 80 || !/\p{L}{2}/u.test(brand)) return undefined;
  return { brand: capitalise(brand), model: model.map(capitalise).join(' ') || undefined, year: yearOf(plain) };
};

/** How the car is called in an answer and in `find_prices`. */
export const carName = ({ brand, model }: Car): string => (model ? `${brand} ${model}` : brand);

/** The normalised text without the car's names and year, so that «мазда 3» is not taken for an hour. */
export const withoutCar = (normalised: string): string => blank(blank(normalised, ALL_NAMES), YEAR_PHRASE);
