/** What a customer's first message is about, as far as words tell. */
export type MessageType = 'booking_intent' | 'price_inquiry' | 'general';

// «запись», «запишите», «забронировать», «приехать», «подъехать», «на осмотр»; a word begins there, or «переписать» would book
const BOOKING = /(?<!\p{L})(?:запис|запиш|заброн|бронир(?!ованн)|брон[ьи](?!\p{L})|приеха|приед|подъе|заеха|заед|осмотр|визит)/iu;
// «сколько стоит», «цена», «ценник», «стоимость», «почём», «прайс», «расценки», «во сколько обойдётся»
const PRICE = /(?<!\p{L})(?:сколько|цен(?:а|ы|у|е|ой|ник)|стоит|стоимост|поч[её]м|прайс|расцен|обойд)/iu;

/** A wish to come counts more than the question for the price that often comes with it. */
export const classifyMessage = (texts: readonly string[]): MessageType => {
  const text = texts.join('\n');
  if (BOOKING.test(text)) return 'booking_intent';
  return PRICE.test(text) ? 'price_inquiry' : 'general';
};
