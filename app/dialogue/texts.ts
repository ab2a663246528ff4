/** Fixed sentences of the bot, for when no model speaks. */
export const TEXTS = {
  unsupported: 'Пока я понимаю только текст. Напишите, пожалуйста, словами, что случилось с машиной, — и я подскажу.',
  modelFailed: 'Извините, сейчас не получается ответить. Я передал ваш вопрос менеджеру, он свяжется с вами.',
  modelStillFailing: 'Ответить всё ещё не получается. Менеджер уже знает о вас и свяжется с вами.',
} as const;

const FORGOTTEN = 'Готово: переписка и всё, что я о вас запомнил, удалены. Из резервных копий они уйдут вместе со старыми копиями.';

/** What /reset has done, exactly: the bookings that the workshop keeps are named. */
export const forgotten = (bookings: readonly number[]): string => {
  if (bookings.length === 0) return FORGOTTEN;
  const numbers = bookings.map((number) => `№${number}`).join(', ');
  const [those, stay] = bookings.length === 1 ? ['Заявка', 'остаётся'] : ['Заявки', 'остаются'];
  return `${FORGOTTEN} ${those} ${numbers} с вашим именем, телефоном и автомобилем ${stay} у мастерской; чтобы удалить и это, попросите менеджера.`;
};

/** The same honest sentence when the turn has booked before the model failed: the booking stands. */
export const modelFailedAfterBooking = (number: number, wished: string | null): string =>
  `Ваша заявка №${number} принята${wished === null ? '' : ` на ${wished}`}, менеджер перезвонит. Ответить подробнее сейчас не получается.`;
