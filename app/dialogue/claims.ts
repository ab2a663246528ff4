import { type Clause, clauseAround, sentencesOf } from './clauses.ts';

/** What an answer can say was done, as tools report it in `did`. */
export type Done = 'booked' | 'changed' | 'cancelled' | 'handed_over';

const word = (source: string): RegExp => new RegExp(String.raw`(?<!\p{L})(?:${source})(?!\p{L})`, 'iu');
const everyWord = (source: string): RegExp => new RegExp(word(source).source, 'giu');

/** Up to so many words between two others, with their commas: «запись на завтра, 10:00, оформлена». */
const gap = (words: number): string => String.raw`(?:,?\s+№?\s?[\p{L}\d][\p{L}\d:./-]*){0,${words}}?,?\s+`;
/** The same without commas: «записал номер, у вас Веста» and «у вас Веста, записал» are no bookings. */
const near = (words: number): string => String.raw`(?:\s+№?\s?[\p{L}\d][\p{L}\d:./-]*){0,${words}}?\s+`;

const BOOKING = '(?:заявк[аи]|запис[ьи]|бронь)';
const A_BOOKING = '(?:заявк[уи]|запис[ьи]|бронь)';
const YOU = '(?:вас|тебя)';
const WEEKDAY = '(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)';
const WHEN = String.raw`(?:на|во?|к)\s+(?:осмотр\p{L}*|диагностик\p{L}*|покраск\p{L}*|полировк\p{L}*|ремонт\p{L}*|завтра|послезавтра|сегодня|${WEEKDAY}|утро|вечер|день|друг\p{L}+\s+(?:время|день)|нов\p{L}+\s+время|\d)`;
const TO_MANAGER = String.raw`(?:(?:менеджер|администратор)(?:у|ам)|руководител(?:ю|ям)|на\s+менеджера)`;
const MANAGER = '(?:менеджера|менеджеров|администратора)';
const TELLS = '(?:передал|переключил|переслал|направил|отправил|сообщил|написал|перев[её]л)[аи]?';
const CALLS = '(?:позвал|подключил|пригласил|уведомил|предупредил|оповестил)[аи]?';

/** Said as done. */
const DONE: Readonly<Record<Done, RegExp>> = {
  booked: everyWord(
    [
      `вы${gap(4)}записаны`,
      `записаны\\s+${WHEN}`,
      `записал[аи]?${near(3)}${YOU}`,
      `записал[аи]?${near(2)}(?:вашу\\s+)?(?:машин|автомобил|авто)\\p{L}*`,
      `записал[аи]?${gap(3)}${WHEN}\\p{L}*`,
      `${YOU}${near(1)}записал[аи]?`,
      `${BOOKING}${gap(3)}(?:принят|создан|оформлен|подтвержден|отправлен|зарегистрирован)[аыо]?`,
      `(?:принята|создана|оформлена|зарегистрирована)${gap(3)}${BOOKING}`,
      `(?:оформил|создал|принял|подтвердил|зарегистрировал)[аи]?${near(3)}${A_BOOKING}`,
      `${A_BOOKING}${gap(3)}(?:оформил|создал|принял|подтвердил|зарегистрировал)[аи]?`,
      'забронировал[аи]?',
      'забронирован[оаы]?',
    ].join('|'),
  ),
  changed: everyWord(
    [
      `перен(?:[её]с|есла|если)${gap(2)}(?:${YOU}|${A_BOOKING})`,
      `(?:${YOU}|${A_BOOKING})${gap(2)}перен(?:[её]с|есла|если)`,
      `(?:изменил|исправил|обновил)[аи]?${gap(3)}${A_BOOKING}`,
      `${A_BOOKING}${gap(3)}(?:изменил|исправил|обновил)[аи]?`,
      `(?:изменил|исправил|обновил|поменял|заменил|добавил|вн[её]с)(?:[аи]|ла|ли)?${gap(4)}в\\s+(?:вашей\\s+|вашу\\s+)?(?:заявк[еу]|записи|запись)`,
      `${BOOKING}${gap(3)}(?:перенесен[аы]?|изменен[аы]?|исправлен[аы]?|обновлен[аы]?)`,
    ].join('|'),
  ),
  cancelled: everyWord(
    [
      `(?:отменил|аннулировал|снял)[аи]?${gap(3)}${A_BOOKING}`,
      `${A_BOOKING}${gap(3)}(?:отменил|аннулировал|снял)[аи]?`,
      `(?:${BOOKING}|визит|осмотр)${gap(3)}(?:отмен[её]н|аннулирован|снят)[аы]?`,
      String.raw`отменил[аи]?(?=\s*(?:[.!]|$))`,
    ].join('|'),
  ),
  handed_over: everyWord(
    [
      `(?<!вы\\s|вы\\s+уже\\s)${TELLS}(?:\\s[^.!?\\n]{0,40})?\\s+${TO_MANAGER}`,
      `${TO_MANAGER}${near(3)}${TELLS}`,
      `${CALLS}${near(3)}${MANAGER}`,
      `${MANAGER}${near(2)}${CALLS}`,
      `(?:передан|переслан|направлен|отправлен)[аоы]?${near(3)}${TO_MANAGER}`,
      `менеджер${near(2)}(?:в\\s+курсе|подключ[её]н|уведомл[её]н|предупрежд[её]н|оповещ[её]н)`,
    ].join('|'),
  ),
};

/** Said as being done, or done to something the sentence does not name: with a condition or a «всё верно?» it is an offer. */
const DOING: Readonly<Record<Done, RegExp>> = {
  booked: everyWord(
    [
      `записываю${gap(3)}(?:${YOU}|${WHEN}\\p{L}*)`,
      `${YOU}${near(1)}записываю`,
      `(?:оформляю|создаю|бронирую)${gap(3)}${A_BOOKING}`,
      `жд[её]м\\s+вас\\s+(?:сегодня|завтра|послезавтра|во?\\s+${WEEKDAY}|\\d{1,2}\\s+\\p{L}+)${gap(3)}[вк]\\s+\\d{1,2}(?:[:.]\\d\\d)?`,
    ].join('|'),
  ),
  changed: everyWord([`переношу${gap(3)}(?:${YOU}|${A_BOOKING}|${WHEN}\\p{L}*)`, `перен(?:[её]с|есла)${gap(2)}${WHEN}\\p{L}*`].join('|')),
  cancelled: everyWord(`(?:отменяю|снимаю|аннулирую)${gap(3)}${A_BOOKING}|${A_BOOKING}${gap(2)}отменяю`),
  handed_over: everyWord(
    [
      `(?:передаю|переключаю|перевожу|пересылаю|направляю|сообщаю)(?:\\s[^.!?\\n]{0,40})?\\s+${TO_MANAGER}`,
      `(?:зову|подключаю|приглашаю)${near(3)}${MANAGER}`,
      `${TO_MANAGER}${near(3)}(?:передаю|сообщаю)`,
    ].join('|'),
  ),
};

const DENIES = word('не|нет|ни|нельзя');
const SOOTHES = everyWord(String.raw`не\s+(?:волну|пережива|беспоко|забу|опазд|торопи|спеши)\p{L}*`);
const CONDITION = word(String.raw`если|когда|как\s+только|после\s+того|до\s+того|чтобы|прежде\s+чем`);
/** They make it a wish, an offer or somebody's future. */
const SUPPOSES = word(
  String.raw`смож\p{L}*|могу|может\p{L}*|можно|хотите|хотел\p{L}*|давайте|нужно|надо|должн\p{L}*|буд(?:ет|ут|у|ем|ете)|быть|подтверд[ия]т|проверит`,
);
/** «Принята будет после звонка» says what will be. */
const WILL_BE = word(String.raw`буд(?:ет|ут)\s+(?:после|когда|как\s+только)`);
/** «Вы писали, что вас записали»: the customer's word, not ours. */
const REPORTS = word(
  String.raw`(?:вы|клиент)\s+(?:\p{L}+\s+){0,2}(?:писал|написал|говорил|сказал|сообщил|упомянул|упоминал|спрашивал|спросил|указал|уточнял|просил)\p{L}*`,
);
const ASKS = /\?\s*$/u;
const CONFIRMS = word(String.raw`верно|правильно|так|да|хорошо|соглас\p{L}*|подходит|удобно|подтвержда\p{L}*|устраива\p{L}*`);

const isUnsaid = ({ upTo, whole, governs }: Clause): boolean =>
  [DENIES, SUPPOSES, REPORTS].some((pattern) => pattern.test(`${governs}${upTo}`)) || CONDITION.test(whole) || WILL_BE.test(whole);

const LONGEST_TAG = 30; // «, всё верно?»

// «ваша заявка принята, чем ещё помочь?» asks about something else
const isAsked = (sentence: string, { rest }: Clause): boolean =>
  ASKS.test(sentence) && (!/\p{L}/u.test(rest) || (rest.length <= LONGEST_TAG && CONFIRMS.test(rest)));

type Said = Readonly<{ sentence: string; /** Whether the answer goes on with «всё верно?». */ confirmed: boolean }>;

const clausesWith = (claim: RegExp, sentence: string): Clause[] =>
  [...sentence.matchAll(claim)].map(({ index, 0: found }) => clauseAround(sentence, index, index + found.length));

const says = (done: Done, { sentence, confirmed }: Said): boolean => {
  if (clausesWith(DONE[done], sentence).some((clause) => !isUnsaid(clause) && !isAsked(sentence, clause))) return true;
  if (confirmed || CONDITION.test(sentence) || ASKS.test(sentence)) return false;
  return clausesWith(DOING[done], sentence).some((clause) => !isUnsaid(clause));
};

const saidIn = (answer: string): readonly Said[] => {
  const sentences = sentencesOf(answer).map((sentence) => sentence.replaceAll(SOOTHES, ''));
  const asks = sentences.findLastIndex((sentence) => ASKS.test(sentence) && CONFIRMS.test(sentence));
  return sentences.map((sentence, at) => ({ sentence, confirmed: at < asks }));
};

/** What an answer says was done. */
export const claimsIn = (answer: string): readonly Done[] => {
  const said = saidIn(answer);
  return (Object.keys(DONE) as Done[]).filter((done) => said.some((one) => says(done, one)));
};

/** «Заявки №7 у вас нет», «не вижу заявку №7». */
const DENIES_NUMBER =
  /(?<!\p{L})(?:нет(?!\p{L})|не\s+(?:\p{L}+\s+)?(?:вижу|вид\p{L}+|наш\p{L}+|наход\p{L}+|найд\p{L}+|существу\p{L}+|числ\p{L}+|ваш\p{L}*|мо[гж]\p{L}+|смог\p{L}*|принадлеж\p{L}*|знаю|значит\p{L}*|относ\p{L}*|получ\p{L}*))/iu;

// «дом №5», «бокс №2», «вариант № 1» count something else
const OTHER_THING =
  /(?<!\p{L})(?:д|дом\p{L}*|стр|строени\p{L}*|корп\p{L}*|кв|квартир\p{L}*|оф|офис\p{L}*|бокс\p{L}*|ворот\p{L}*|въезд\p{L}*|подъезд\p{L}*|этаж\p{L}*|цех\p{L}*|пост\p{L}*|вариант\p{L}*|пункт\p{L}*|шаг\p{L}*|класс\p{L}*|элемент\p{L}*|деталь|детали|код\p{L}*|краск\p{L}*|ral|автомобил\p{L}*|машин\p{L}*|вопрос\p{L}*|школ\p{L}*|маршрут\p{L}*|автобус\p{L}*)\.?\s*$/iu;
const NUMBER =
  /№\s*(\d{1,9})(?!\d)|(?<!\p{L})заявк\p{L}*\s+(?:под\s+)?(?:номер\p{L}*\s+)?(\d{1,9})(?=\s*(?:$|[.,;!)—–]|принят|создан|оформлен|отмен|перен|измен|оста|на\s|за\s))(?![.,]\d)|(?<!\p{L})номер\p{L}*\s+(?:\p{L}+\s+)?(?:заявк|запис|брон)\p{L}*\s*[:—–-]?\s*(\d{1,9})(?!\d|[\s()-]+\d|[.,:]\d)/giu;

const numbersIn = (sentence: string): number[] =>
  [...sentence.matchAll(NUMBER)]
    .filter(({ index }) => !OTHER_THING.test(sentence.slice(0, index)))
    .map(([, sign, bare, called]) => Number(sign ?? bare ?? called));

/** Numbers of bookings an answer speaks of as of something that is; «заявки №7 нет» names none. */
export const claimedNumbers = (answer: string): readonly number[] => [
  ...new Set(sentencesOf(answer).flatMap((sentence) => (DENIES_NUMBER.test(sentence) ? [] : numbersIn(sentence)))),
];
