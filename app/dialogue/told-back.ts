const HIS_NUMBER =
  /(?<!\p{L})(?:вы|вам|вас|ваш\p{L}*|вами)(?!\p{L})[^.!?]*(?:сказал|назва|назыв|озвуч|писал|указал|прос[иия]|предл|хот|рассчит|упом|говор|бюджет|слыш|вид|нашл|обещал|сумм|цен|сосед|друг)|(?<!\p{L})в\s+друг\p{L}*\s+(?:месте|сервисе|мастерской)/iu;
const CONTRAST =
  /(?<!\p{L})(?:но|однако|а\s+у\s+нас|у\s+нас|по\s+(?:нашему\s+)?прайсу|к\s+сожалению|не|нет|менеджер\p{L}*|действующ\p{L}*|актуальн\p{L}*|сейчас|теперь)(?!\p{L})/iu;
/** «Нет, 1 000 ₽ — это не наша цена», «за 9 000 ₽ не получится»; «не дороже 5 000 ₽» refuses nothing. */
const REFUSES =
  /(?<!\p{L})(?:не|нельзя)\s+(?:получ\p{L}+|смож\p{L}+|смог\p{L}*|мож(?:ем|ет|но)|мог(?:у|ли|ла)?|наш[аи]?|выйд\p{L}+|возьм\p{L}+|сдела\p{L}+|дела\p{L}+|крас\p{L}+|покра\p{L}+|работа\p{L}+|подтвер\p{L}+|соответств\p{L}+|действ\p{L}+|предлаг\p{L}+|совпада\p{L}+|верн\p{L}+|точн\p{L}+|актуальн\p{L}+|цена)(?!\p{L})/iu;
const NOT_ABOVE = /(?<!\p{L})(?:дороже|больше|выше|свыше|сверх)(?!\p{L})/iu;
const AGREES =
  /(?<!\p{L})(?:договорил\p{L}*|соглас\p{L}*|подтвержда\p{L}*|подтвержден\p{L}*|устраива\p{L}*|ид[её]т|по\s+рукам|так\s+и\s+сдела\p{L}*|сделаем\s+за|сделаю\s+за|за\s+эту\s+сумму|по\s+вашей\s+цене)(?!\p{L})/iu;
const NOT_AGREED = /(?<!\p{L})не\s+(?:соглас|подтвержда)\p{L}*/giu;
const BUDGET = /(?<!\p{L})бюджет\p{L}*/iu;

const sentenceAround = (answer: string, at: number): string => {
  const before = answer.slice(0, at).search(/[^.!?…\n]*$/u);
  return /^[^.!?…\n]*/u.exec(answer.slice(before))?.[0] ?? '';
};

/** Whether the amount at `start` is told back to the customer as his own and not agreed to: «вам назвали 5 000 ₽, а у нас 14 000 ₽». */
export const isToldBack = (answer: string, start: number): boolean => {
  const sentence = sentenceAround(answer, start);
  if (AGREES.test(answer.replaceAll(NOT_AGREED, ''))) return false;
  return (HIS_NUMBER.test(sentence) && CONTRAST.test(answer)) || (REFUSES.test(sentence) && !NOT_ABOVE.test(sentence));
};

/** Whether the amount at `start` is spoken of as a budget: «в бюджет 30 000 ₽ уложимся». */
export const isBudget = (answer: string, start: number): boolean => BUDGET.test(sentenceAround(answer, start));
