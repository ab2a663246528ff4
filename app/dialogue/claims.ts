/** Sentences of an answer, a line at least each. */
const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?…])\s+|\n+/u).filter((sentence) => sentence.trim() !== '');

const DENIES = /(?<!\p{L})(?:не|нет|ни|нельзя|без)(?!\p{L})/iu;
const SOOTHES = /(?<!\p{L})не\s+(?:волну|пережива|беспоко|забу|опазд|торопи|спеши)\p{L}*/giu;
const CONDITION = /(?<!\p{L})(?:если|когда|как\s+только|после\s+того|до\s+того|чтобы)(?!\p{L})/iu;
/** Before what is said they make it a wish or an offer. */
const SUPPOSES = /(?<!\p{L})(?:будет|будут|смож\p{L}*|могу|может\p{L}*|хотите|хотел\p{L}*|давайте|нужно|надо)(?!\p{L})/iu;
const ASKS = /\?\s*$/u;

/** What an answer can say was done, as tools report it in `did`. */
export type Done = 'booked' | 'changed' | 'cancelled' | 'handed_over';

const BOOKING = String.raw`(?:заявка|запись)(?:\s+№?\s*\d+)?(?:\s+уже)?`;
const A_BOOKING = String.raw`(?:вашу\s+|эту\s+)?(?:заявку|запись)`;
const of = (source: string): RegExp => new RegExp(String.raw`(?<!\p{L})(?:${source})(?!\p{L})`, 'iu');

const CLAIMS: Readonly<Record<Done, RegExp>> = {
  booked: of(
    String.raw`вы\s+(?:уже\s+|теперь\s+)?записаны|записал[аи]?\s+(?:вас|вашу\s+машину)|вас\s+записал[аи]?|${BOOKING}\s+(?:принята|создана|оформлена|подтверждена|отправлена)|(?:оформил|создал|принял|подтвердил)[аи]?\s+${A_BOOKING}`,
  ),
  changed: of(
    String.raw`перен(?:[её]с|есла|если)\s+(?:вас|${A_BOOKING})|(?:изменил|исправил|обновил)[аи]?\s+${A_BOOKING}|${BOOKING}\s+(?:перенесена|изменена|исправлена|обновлена)`,
  ),
  cancelled: of(String.raw`(?:отменил|аннулировал|снял)[аи]?\s+${A_BOOKING}|${BOOKING}\s+(?:отменена|аннулирована|снята)`),
  handed_over: of(String.raw`(?:передал|переключил|позвал|подключил)[аи]?\s+(?:[^.!?\n]{0,40}\s)?менеджер(?:у|а|ам)`),
};

const says = (claim: RegExp, sentence: string): boolean => {
  const plain = sentence.replaceAll(SOOTHES, '');
  const found = claim.exec(plain);
  return found !== null && !DENIES.test(plain) && !CONDITION.test(plain) && !ASKS.test(plain) && !SUPPOSES.test(plain.slice(0, found.index));
};

/** What an answer says was done. */
export const claimsIn = (answer: string): readonly Done[] => {
  const sentences = sentencesOf(answer);
  return (Object.keys(CLAIMS) as Done[]).filter((done) => sentences.some((sentence) => says(CLAIMS[done], sentence)));
};

/** «Заявки №7 у вас нет», «не вижу заявку №7». */
const DENIES_NUMBER =
  /(?<!\p{L})(?:нет(?!\p{L})|не\s+(?:\p{L}+\s+)?(?:вижу|вид\p{L}+|наш\p{L}+|наход\p{L}+|найд\p{L}+|существу\p{L}+|числ\p{L}+|ваш\p{L}*|мо[гж]\p{L}+|смог\p{L}*|принадлеж\p{L}*|знаю|значит\p{L}*|относ\p{L}*|получ\p{L}*))/iu;

// «дом №5», «бокс №2», «вариант № 1» count something else
const OTHER_THING =
  /(?<!\p{L})(?:д|дом\p{L}*|стр|строени\p{L}*|корп\p{L}*|кв|квартир\p{L}*|оф|офис\p{L}*|бокс\p{L}*|ворот\p{L}*|въезд\p{L}*|подъезд\p{L}*|этаж\p{L}*|цех\p{L}*|пост\p{L}*|вариант\p{L}*|пункт\p{L}*|шаг\p{L}*|класс\p{L}*|элемент\p{L}*|деталь|детали|код\p{L}*|краск\p{L}*|ral|автомобил\p{L}*|машин\p{L}*|вопрос\p{L}*|школ\p{L}*|маршрут\p{L}*|автобус\p{L}*)\.?\s*$/iu;
const NUMBER =
  /№\s*(\d{1,9})(?!\d)|(?<!\p{L})заявк\p{L}*\s+(?:под\s+)?(?:номер\p{L}*\s+)?(\d{1,9})(?=\s*(?:$|[.,;!)—–]|принят|создан|оформлен|отмен|перен|измен|оста|на\s|за\s))(?![.,]\d)/giu;

const numbersIn = (sentence: string): number[] =>
  [...sentence.matchAll(NUMBER)].filter(({ index }) => !OTHER_THING.test(sentence.slice(0, index))).map(([, sign, bare]) => Number(sign ?? bare));

/** Numbers of bookings an answer speaks of as of something that is; «заявки №7 нет» names none. */
export const claimedNumbers = (answer: string): readonly number[] => [
  ...new Set(sentencesOf(answer).flatMap((sentence) => (DENIES_NUMBER.test(sentence) ? [] : numbersIn(sentence)))),
];

const HIS_NUMBER =
  /(?<!\p{L})(?:вы|вам|вас|ваш\p{L}*|вами)(?!\p{L})[^.!?]*(?:сказал|назва|назыв|писал|указал|прос[иия]|предл|хот|рассчит|упом|говор|бюджет|слыш|вид|нашл|обещал|сумм|цен|сосед|друг)|(?<!\p{L})в\s+друг\p{L}*\s+(?:месте|сервисе|мастерской)/iu;
const CONTRAST = /(?<!\p{L})(?:но|однако|а\s+у\s+нас|у\s+нас|по\s+(?:нашему\s+)?прайсу|к\s+сожалению|не|нет|менеджер\p{L}*)(?!\p{L})/iu;
const AGREES =
  /(?<!\p{L})(?:договорил\p{L}*|соглас\p{L}*|подтвержда\p{L}*|подтвержден\p{L}*|устраива\p{L}*|ид[её]т|по\s+рукам|так\s+и\s+сдела\p{L}*|сделаем\s+за|сделаю\s+за|за\s+эту\s+сумму|по\s+вашей\s+цене)(?!\p{L})/iu;

/** Whether the amount at `start` is told back to the customer as his own and not agreed to: «вам назвали 5 000 ₽, а у нас 14 000 ₽». */
export const isToldBack = (answer: string, start: number): boolean => {
  const before = answer.slice(0, start).search(/[^.!?…\n]*$/u);
  const sentence = /^[^.!?…\n]*/u.exec(answer.slice(before))?.[0] ?? '';
  return HIS_NUMBER.test(sentence) && CONTRAST.test(answer) && !AGREES.test(answer);
};
