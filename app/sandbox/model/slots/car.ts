import { CAR_BRANDS, CAR_MODELS, RARE_BRANDS } from '../lexicon/car-names.ts';
import { remembered } from '../lexicon/remembered.ts';
import { blank, capitalise, normalise, words } from '../lexicon/words.ts';

export type Car = Readonly<{ brand: string; model: string | undefined; year: number | undefined }>;
type Named = Omit<Car, 'year'>;
type Found = Readonly<{ named: Named; at: number }>;

const MODEL_CODE = '(?: ?-?(?:[a-zа-я]{1,3}-?)?\\d{1,3}[a-zа-я]?)?';
const BRANDS = [...CAR_BRANDS, ...RARE_BRANDS];
const models = CAR_MODELS.map(([brand, model, spelling]) => ({ brand, model, finder: words(spelling, 'gu') }));
const brands = BRANDS.map(([brand, spelling]) => ({ brand, finder: words(`(?:${spelling})(${MODEL_CODE})`, 'gu') }));
const VAZ = words('(?:ваз[- ]?|лад[ауые] )?(21\\d\\d)', 'gu');
const YEAR = /(?<!\d)(19[89]\d|20[0-3]\d)(?!\d)/;
const ALL_NAMES = words(
  `(?:${[...CAR_MODELS.map(([, , spelling]) => spelling), ...BRANDS.map(([, spelling]) => `(?:${spelling})${MODEL_CODE}`)].join('|')})`,
  'gu',
);
/** One look for all of them: most messages name no car, and a whole dialogue is read again for every answer. */
const ANY_NAME = new RegExp(`${ALL_NAMES.source}|21\\d\\d`, 'u');
const YEAR_PHRASE = /(?<!\d)(?:19[89]\d|20[0-3]\d)(?!\d)(?: ?-?(?:года?|г\.?)(?!\p{L}))?/gu;
/** «не Веста, а Гранта»: what comes after «не» is not the car. */
const NOT_THIS = /(?<!\p{L})не (?:на )?$/u;

const yearOf = (text: string): number | undefined => {
  const match = YEAR.exec(text);
  return match ? Number(match[1]) : undefined;
};

type Scan = { text: string; found: Found[] };

/** Takes every mention out of the text, so that «шевроле нива» is not found again as «нива». */
const take = (scan: Scan, finder: RegExp, toCar: (match: RegExpMatchArray) => Named | undefined): void => {
  for (const match of scan.text.matchAll(finder)) {
    const named = toCar(match);
    if (named && !NOT_THIS.test(scan.text.slice(0, match.index))) scan.found.push({ named, at: match.index });
  }
  scan.text = blank(scan.text, finder);
};

const sameCar = (one: Named, other: Named): boolean => one.brand === other.brand && one.model === other.model;

const namedIn = (plain: string): readonly Found[] => {
  if (!ANY_NAME.test(plain)) return [];
  const scan: Scan = { text: plain, found: [] };
  for (const { brand, model, finder } of models) take(scan, finder, () => ({ brand, model }));
  take(scan, VAZ, ([, number]) => ({ brand: 'ВАЗ', model: number }));
  const withModel = [...scan.found];
  // «Киа Рио»: the brand belongs to the model that was found already.
  const isTaken = (brand: string): boolean => withModel.some(({ named }) => named.brand === brand || (named.brand === 'ВАЗ' && brand === 'Лада'));
  for (const { brand, finder } of brands) {
    const toCar = ([, code]: RegExpMatchArray): Named | undefined => (isTaken(brand) ? undefined : { brand, model: code?.trim().toUpperCase() || undefined });
    take(scan, finder, toCar);
  }
  const ordered = [...scan.found].sort((a, b) => a.at - b.at);
  return ordered.filter(({ named }, index) => ordered.findIndex((other) => sameCar(other.named, named)) === index);
};

/** Every car whose model or brand we know by name, in the order of the text, in any case ending, Russian or Latin. */
export const findCars = remembered((text): readonly Car[] => {
  const plain = normalise(text);
  const found = namedIn(plain);
  return found.map(({ named, at }, index) => ({ ...named, year: yearOf(found.length === 1 ? plain : plain.slice(at, found[index + 1]?.at)) }));
});

export const findCar = (text: string): Car | undefined => findCars(text)[0];

const FILLER = words(
  'у меня|это|моя|мой|машина|автомобиль|авто|тачка|на|для|марка|модель|бел\\p{L}+|черн\\p{L}+|красн\\p{L}+|сер\\p{L}+|седан|хэтчбек|универсал',
  'gu',
);
const NO_MODEL = words('да|нет|не|знаю|зачем|почему|какая|никакая|хорошо|ок|спасибо|дом|квартира|через|на|в|и|год|года|лет|старая|новая|обычная');
const WITH_NUMBER = /^(\p{L}[\p{L}-]{1,14}) ([a-zа-я]{0,2}\d{1,3}[a-zа-я]?)$/u;
const BARE_MODEL = /^\p{L}[\p{L}-]{1,14}$/u;

/** A brand we know with a model we do not: «Форд Транзит». */
const withUnknownModel = (car: Car, rest: string): Car =>
  car.model === undefined && BARE_MODEL.test(rest) && !NO_MODEL.test(rest) ? { ...car, model: capitalise(rest) } : car;

/**
 * The answer to «какая у вас машина?». An unknown make counts only when it looks like one («Эксантикс 450»): whatever else people
 * answer, curses included, must not come back as the name of their car.
 */
export const carFromAnswer = (text: string): Car | undefined => {
  const plain = normalise(text);
  const bare = blank(blank(plain, FILLER), YEAR_PHRASE)
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  const known = findCars(text);
  if (known[0]) return known.length === 1 ? withUnknownModel(known[0], withoutCar(bare).trim()) : known[0];
  const [, brand, code] = WITH_NUMBER.exec(bare) ?? [];
  if (!brand || !code || /[?@]/.test(plain) || NO_MODEL.test(brand)) return undefined;
  return { brand: capitalise(brand), model: code.toUpperCase(), year: yearOf(plain) };
};

/** How the car is called in an answer and in `find_prices`. */
export const carName = ({ brand, model }: Car): string => (model ? `${brand} ${model}` : brand);

/** The normalised text without the car's names and year, so that «мазда 3» is not taken for an hour. */
export const withoutCar = remembered((normalised): string => blank(blank(normalised, ALL_NAMES), YEAR_PHRASE));
