import { blank, normalise, stems, words } from '../lexicon/words.ts';
import { withoutCar } from './car.ts';
import { withoutPhones } from './phone.ts';

/** Words of work, and words of the part it is done to; both by their beginnings. */
const ACTION = stems(
  'покра|окра|красит|красят|красим|крашу|перекра|подкра|полир|антикор|антихром|хром|керамик|химчист|рихтов|выправ|царапин|вмятин|скол(?!ько)|оклеи|оклей|пленк|бронир|бронепленк|шумоизол|шумк|масл|шиномонт|переобу|развал|сход|кондиционер|' +
    'диагност|тормоз|колодк|подвеск|ремонт|отремонт|починит|ржавч|коррози|мойк|помыт|удалени|замен|поменя|тонир|сварк|сварит|снят|разбор|подготов|грунт|шпатл|покрыт|детейл|воск(?!рес)|жидк|нанес|восстанов|убрат|регулиров|заправ|прокач|чистк',
);
const PART = stems(
  'бампер|крыл|капот|двер|крыш|порог|зеркал|багажник|стекл|фар(?:а|ы|у|е|ой)(?!\\p{L})|элемент|детал|кузов|диск|салон|эмблем|решетк|молдинг|ручк|арк[аиу]|двигател|мотор|коробк|сиден|лобов|лючок|стойк|днищ',
);
const ANY = new RegExp(`${ACTION.source}|${PART.source}`, 'u');

const NOISE = words(
  'здравствуйте|здрасьте|добрый (?:день|вечер)|доброе утро|доброго (?:дня|вечера|времени суток)|привет|приветствую|подскажите|скажите|пожалуйста|а|и|еще|также|сколько|будет|стоит|стоить|стоимость|цена|цену|цены|ценник|почем|обойдется|обойдутся|выйдет|' +
    'прайс|расценки|по|у вас|у меня|мне|меня|мы|вы|вам|я|это|эту|этот|мою|мой|моя|моей|моего|на|для|за|в|во|с|со|к|из|хочу|хотел|хотела|бы|хотелось|нужно|нужна|нужен|нужны|надо|надо бы|можно|ли|делаете|сделать|узнать|знать|интересует|' +
    'какая|какие|какой|каков|примерно|приблизительно|ориентировочно|машина|машину|машины|машине|авто|автомобиль|автомобиля|тачку|запишите|записаться|записать|запишусь|запись|давайте|тогда|хорошо|ну|вот|просто|кстати|спасибо|да|нет|плюс|его|ее|их|там|' +
    'сегодня|завтра|послезавтра|утром|днем|вечером|осмотр|руб|рублей|денег|сколько-то|меня зовут|такое|такая|этого|какую|что|как|где|когда',
  'gu',
);
const SPLIT = /[,;+\n!?.]| и (?:еще )?| а также | плюс | еще /u;
const MAX_SERVICES = 4;
const MAX_LENGTH = 120;

const clean = (segment: string): string =>
  blank(segment, NOISE)
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, ' ')
    .replaceAll(/(?<!\p{L})\p{L}(?!\p{L})/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH);

/** Customer's words for each service asked about; «покрасить бампер и крыло» names two, and the second takes the work of the first. */
export const findServices = (text: string): readonly string[] => {
  const plain = withoutCar(normalise(withoutPhones(text)));
  const found: string[] = [];
  let action = '';
  for (const segment of plain.split(SPLIT)) {
    const matched = ACTION.exec(segment)?.[0];
    if (matched) action = matched;
    const service = ANY.test(segment) ? clean(segment) : '';
    if (service) found.push(matched || !action ? service : `${action} ${service}`);
  }
  return [...new Set(found)].slice(0, MAX_SERVICES);
};

/** What is left of a question when greetings, cars and filler are gone: words for a service we have never heard of. */
export const leftoverService = (text: string): string | undefined => {
  const rest = clean(withoutCar(normalise(withoutPhones(text))));
  return /\p{L}{3}/u.test(rest) ? rest : undefined;
};
