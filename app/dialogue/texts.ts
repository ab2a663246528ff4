import { formatRoubles } from '../workshop/quote.ts';
import type { FoundPrice } from './check-answer.ts';

/** Fixed sentences of the bot, for when no model speaks. */
export const TEXTS = {
  unsupported: 'Пока я понимаю только текст и фотографии. Напишите, пожалуйста, словами, что случилось с машиной, — и я подскажу.',
  modelFailed: 'Извините, сейчас не получается ответить. Я передал ваш вопрос менеджеру, он свяжется с вами.',
  modelStillFailing: 'Ответить всё ещё не получается. Менеджер уже знает о вас и свяжется с вами.',
  unsureAnswer: 'Не хочу сказать вам неточно, поэтому передал вопрос менеджеру: он свяжется с вами.',
} as const;

const FORGOTTEN = 'Готово: переписка и всё, что я о вас запомнил, удалены. Из резервных копий они уйдут вместе со старыми копиями.';

/** What /reset has done, exactly: the bookings that the workshop keeps are named. */
export const forgotten = (bookings: readonly number[]): string => {
  if (bookings.length === 0) return FORGOTTEN;
  const numbers = bookings.map((number) => `№${number}`).join(', ');
  const [those, stay] = bookings.length === 1 ? ['Заявка', 'остаётся'] : ['Заявки', 'остаются'];
  return `${FORGOTTEN} ${those} ${numbers} с вашим именем, телефоном и автомобилем ${stay} у мастерской; чтобы удалить и это, попросите менеджера.`;
};

/** The honest sentence when the turn has done something (`describeDone`) before the model failed. */
export const modelFailedAfter = (done: string): string => `${done} Ответить подробнее сейчас не получается.`;

const MAX_LINES = 6;

const lowestOf = ({ price, prices }: FoundPrice): number | undefined => {
  if (price !== null) return price;
  const all = Object.values(prices).filter((each) => each !== null);
  return all.length === 0 ? undefined : Math.min(...all);
};

/** Prices as the list has them, one a line; '' = none. */
export const describePrices = (found: readonly FoundPrice[]): string => {
  const lines = found.flatMap((match) => {
    const price = lowestOf(match);
    return price === undefined ? [] : [`- ${match.service}: от ${formatRoubles(price)} (${match.unit})`];
  });
  return lines.length === 0 ? '' : `По нашему прайсу:\n\n${lines.slice(0, MAX_LINES).join('\n')}\n\nТочную цену назовёт мастер после осмотра.`;
};
