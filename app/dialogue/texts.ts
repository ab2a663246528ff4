/** Fixed sentences of the bot, for when no model speaks. */
export const TEXTS = {
  unsupported: 'Пока я понимаю только текст. Напишите, пожалуйста, словами, что случилось с машиной, — и я подскажу.',
  resetLater: 'Удалять переписку по команде я пока не умею. Чтобы удалить свои данные, напишите или позвоните в мастерскую.',
  modelFailed: 'Извините, сейчас не получается ответить. Я передал ваш вопрос менеджеру, он свяжется с вами.',
} as const;

/** The same honest sentence when the turn has booked before the model failed: the booking stands. */
export const modelFailedAfterBooking = (number: number, wished: string | null): string =>
  `Ваша заявка №${number} принята${wished === null ? '' : ` на ${wished}`}, менеджер перезвонит. Ответить подробнее сейчас не получается.`;
