import { blank, normalise, stems, words } from '../lexicon/words.ts';
import { type Car, carName, findCars, withoutCar } from './car.ts';
import { withoutPhones } from './phone.ts';
import { withoutWhen } from './when.ts';

/** Words of work, and words of the part it is done to; both by their beginnings. */
const ACTION = stems(
  'покра|окра|красит|красят|красим|крашу|перекра|подкра|полир|антикор|антихром|хром|керамик|химчист|рихтов|выправ|царапин|вмятин|скол(?!ьк)|оклеи|оклей|пленк|бронир|бронепленк|шумоизол|шумк|масл|шиномонт|переобу|развал|сход|кондиционер|' +
    'лакиров|диагност|тормоз|колодк|подвеск|ремонт|отремонт|починит|ржавч|коррози|мойк|помыт|удалени|замен|поменя|тонир|сварк|сварит|снят|разбор|подготов|грунт|шпатл|покрыт|детейл|воск(?!рес)|жидк|нанес|восстанов|убрат|регулиров|заправ|прокач|чистк',
);
const PART = stems(
  'бампер|крыл|капот|двер|крыш|порог|зеркал|багажник|стекл|фар(?:а|ы|у|е|ой)(?!\\p{L})|элемент|детал|кузов|диск|салон|эмблем|решетк|молдинг|ручк|арк[аиу]|двигател|мотор|коробк|сиден|лобов|лючок|стойк|днищ',
);
const ANY = new RegExp(`${ACTION.source}|${PART.source}`, 'u');

const NOISE = words(
  'здравствуйте|здрасьте|добрый (?:день|вечер)|доброе утро|доброго (?:дня|вечера|времени суток)|привет|приветствую|подскажите|скажите|пожалуйста|а|и|еще|также|сколько|будет|стоит|стоить|стоимость|цена|цену|цены|ценник|почем|обойдется|обойдутся|выйдет|' +
    'прайс|расценки|по|у вас|у меня|мне|меня|мы|вы|вам|я|это|эту|этот|мою|мой|моя|моей|моего|на|для|за|в|во|с|со|к|из|хочу|хотел|хотела|бы|хотелось|нужно|нужна|нужен|нужны|надо|надо бы|можно|ли|делаете|сделать|узнать|знать|интересует|' +
    'какая|какие|какой|каков|примерно|приблизительно|ориентировочно|машина|машину|машины|машине|авто|автомобиль|автомобиля|тачку|запишите|записаться|записать|запишусь|запись|давайте|тогда|хорошо|ну|вот|просто|кстати|спасибо|да|нет|плюс|его|ее|их|там|' +
    'поцарапал\\p{L}*|притер\\p{L}*|разбил\\p{L}*|разбит\\p{L}*|помял\\p{L}*|стукнул\\p{L}*|об \\p{L}+|опять|только|лишь|скока|так|поцарапан\\p{L}*|сегодня|завтра|послезавтра|утром|днем|вечером|осмотр|раз|снова|лучше|итого|всего|дорого|дешево|срочно|вообще|если|еще раз|хотим|хочется|планирую|думаю|собираюсь|приеду|приехать|подъехать|тоже|потом|потому|руб|рублей|денег|сколько-то|меня зовут|такое|такая|этого|какую|что|как|где|когда',
  'gu',
);
const SWEARING = stems('бля|ху[йеёяю]|пизд|(?:за|у|вы)?еба|сук', 'gu');
const SPLIT = /[,;+\n!?.]| и (?:еще )?| а также | плюс | еще /u;
const MAX_SERVICES = 4;
/** Longer than this is a story, not the name of a work. */
const MAX_SERVICE_LENGTH = 60;

const BARE_WORK = /^(?:(?:по|за|пере|от)?(?:крас|рас)\p{L}+|(?:от)?полир\p{L}+|выправ\p{L}+|(?:от|за)?ремонт\p{L}+|почин\p{L}+)$/u;

const tidy = (segment: string): string =>
  blank(blank(segment, SWEARING), NOISE)
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, ' ')
    .replaceAll(/(?<!\p{L})\p{L}(?!\p{L})/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .replace(/(?: \d{1,4})+ ?$/, '')
    .trim();

/** Of a long story only the words of work and of parts are kept. */
const clean = (segment: string): string => {
  const text = tidy(segment);
  if (text.length <= MAX_SERVICE_LENGTH) return text;
  const telling = text.split(' ').filter((word) => ANY.test(word));
  return [...new Set(telling)].slice(0, 3).join(' ').slice(0, MAX_SERVICE_LENGTH);
};

const VAGUE = stems('(?:убр|удал|снят|сним|замен|поменя|починит|ремонт|отремонт|восстанов|нанес|покра|перекра|красит|подкра)', 'u');
const POINTING = words('вот (?:это|эту|этот|так|такое)|это(?: вот)?|такое|такую|как на фото|на фото');

/** «убрать вот это»: a work without a word of what it is done to. */
export const isVague = (text: string): boolean => {
  const services = POINTING.test(normalise(text)) ? findServices(text) : [];
  return services.length > 0 && services.every((service) => VAGUE.test(service) && !service.includes(' '));
};

/** Customer's words for each service asked about; «покрасить бампер и крыло» names two, and the second takes the work of the first. */
const servicesIn = (plain: string, start = ''): { services: string[]; action: string } => {
  const found: string[] = [];
  let action = start;
  let waiting = false;
  for (const segment of plain.split(SPLIT)) {
    const matched = ACTION.exec(segment)?.[0];
    action = matched ?? action;
    const service = ANY.test(segment) ? clean(segment) : '';
    if (!service) continue;
    // «бампер притёр, сколько красить»: a part whose work is named later
    const late = waiting && BARE_WORK.test(service) ? found.pop() : undefined;
    found.push(late === undefined ? named(service, { matched, action }) : `${service} ${late}`);
    waiting = action === '';
  }
  return { services: found, action };
};

const named = (service: string, { matched, action }: { matched: string | undefined; action: string }): string =>
  matched !== undefined || action === '' ? service : `${action} ${service}`;

const plainOf = (text: string): string => withoutWhen(withoutCar(normalise(withoutPhones(text))));

/** Whether the words name a part and no work: «дверь». */
export const isPartOnly = (service: string): boolean => !ACTION.test(service) && PART.test(service);

/** The part in a work, by its beginning. */
export const partOf = (service: string): string | undefined => PART.exec(service)?.[0].slice(0, 4);

export const findServices = (text: string): readonly string[] => [...new Set(servicesIn(plainOf(text)).services)].slice(0, MAX_SERVICES);

/** A work, and the car it is for when the message names several. */
export type Asked = Readonly<{ words: string; car: string | undefined }>;
type Group = { cars: Car[]; services: string[] };

/** A part of the message joins the group before it until that group has both a car and a work. */
const addSegment = (groups: Group[], { cars, services }: Group): void => {
  const last = groups.at(-1);
  const isOpen = last !== undefined && (last.cars.length === 0 || last.services.length === 0);
  const joins = last !== undefined && (isOpen || cars.length === 0);
  if (joins) {
    last.cars.push(...cars);
    last.services.push(...services);
  } else groups.push({ cars, services: services.length > 0 ? services : [...(last?.services ?? [])] });
};

/** «дверь на Рио и капот на Камри»: each work with its own car; «бампер на Камри и на Весту»: the work for both. */
const findPairs = (text: string): readonly Asked[] => {
  const groups: Group[] = [];
  let action = '';
  for (const segment of normalise(withoutPhones(text)).split(SPLIT)) {
    const cars = [...findCars(segment)];
    const read = servicesIn(plainOf(segment), action);
    action = read.action;
    if (cars.length > 0 || read.services.length > 0) addSegment(groups, { cars, services: read.services });
  }
  return groups.flatMap(({ cars, services }) => cars.flatMap((car) => services.map((service) => ({ words: service, car: carName(car) }))));
};

const MAX_PAIRS = 6;

/** The works a message asks about; with several cars in it each is tied to its car. */
export const findAsked = (text: string): readonly Asked[] => {
  const pairs = findCars(text).length > 1 ? findPairs(text).slice(0, MAX_PAIRS) : [];
  return pairs.length > 0 ? pairs : findServices(text).map((service) => ({ words: service, car: undefined }));
};

/** What is left of a question when greetings, cars and filler are gone: words for a service we have never heard of. */
export const leftoverService = (text: string): string | undefined => {
  const rest = tidy(plainOf(text));
  return /\p{L}{3}/u.test(rest) && rest.length <= MAX_SERVICE_LENGTH ? rest : undefined;
};

const NOMINATIVE: readonly (readonly [RegExp, string])[] = [
  [/^(\p{L}+)ку(?!\p{L})/u, '$1ка'],
  [/^(\p{L}+)ину(?!\p{L})/u, '$1ина'],
  [/^(\p{L}+)ию(?!\p{L})/u, '$1ия'],
];

/** «полировку кузова» as a list writes it: «Полировка кузова». */
export const asListed = (service: string): string => {
  const named = NOMINATIVE.reduce((text, [ending, nominative]) => text.replace(ending, nominative), service);
  return named.charAt(0).toUpperCase() + named.slice(1);
};
