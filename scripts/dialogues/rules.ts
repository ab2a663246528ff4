/** What holds for every message of the bot to a customer, whatever the conversation and the model. */
export type Said = Readonly<{
  text: string;
  /** Nothing was said to this customer before, or everything before was forgotten. */
  isFirst: boolean;
}>;

export type World = Readonly<{
  /** Every price of the list, and the sums this conversation allows. */
  amounts: ReadonlySet<number>;
  /** Numbers of this customer's bookings. */
  numbers: ReadonlySet<number>;
}>;

type Rule = (said: Said, world: World) => readonly string[];

const MAX_UTF16 = 4096;
const PHONE = /\+?\d[\d()-]*(?:[ -][\d()-]+){3,}|\+\d{11,}/g;
const GROUPED = /(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)/g;
const WITH_UNIT = /(?<!\d ?)(\d{1,7})(?= ?(?:₽|руб|р\.|тыс))/g;
const RANGE_START = /(?<!\d ?)(\d{4,7})(?= ?[–-] ?\d[\d ]* ?₽)/g;

/** The texts are compared with one kind of space. */
export const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

/** Every sum of money a text names in digits; written apart from the app's own reader on purpose. */
export const amountsIn = (text: string): readonly number[] => {
  const line = plain(text).replaceAll(PHONE, ' ');
  return [GROUPED, WITH_UNIT, RANGE_START].flatMap((pattern) => [...line.matchAll(pattern)].map(([amount]) => Number(amount.replaceAll(' ', ''))));
};

const unknownAmounts: Rule = ({ text }, { amounts }) =>
  amountsIn(text)
    .filter((amount) => !amounts.has(amount))
    .map((amount) => `names ${amount} ₽, which is no price of the list`);

const oneQuestion: Rule = ({ text }) => {
  const questions = text.match(/\?/g)?.length ?? 0;
  return questions > 1 ? [`asks ${questions} questions in one message`] : [];
};

const greetsOnce: Rule = ({ text, isFirst }) =>
  !isFirst && /^(?:здравствуйте|добрый (?:день|вечер)|доброе утро|приветствую|привет)(?!\p{L})/iu.test(text) ? ['greets again'] : [];

const LEFTOVERS: readonly (readonly [RegExp, string])[] = [
  [/сейчас не получается ответить|ответить вс[её] ещ[её] не получается/iu, 'is an apology: the model did not answer'],
  [/<(?:phone|name):\d+>/, 'shows a placeholder'],
  [/\*\*|__|^#{1,6} |```|\]\(/m, 'shows Markdown'],
  [/\[(?:фото|менеджер мастерской|Проверка ответа|Краткое содержание)/i, 'shows a mark of the machinery'],
  [/(?:find_prices|find_bookings|create_booking|change_booking|cancel_booking|hand_over)/, 'names a tool'],
  [/(?:скажи|сообщи|объясни)(?:те)? (?:об этом )?клиенту/iu, 'reads out what is meant for the model'],
  [/(?:undefined|null|NaN|\[object)/, 'shows a broken value'],
];
const leftovers: Rule = ({ text }) => LEFTOVERS.filter(([pattern]) => pattern.test(text)).map(([, problem]) => problem);

const fits: Rule = ({ text }) => (text.length > MAX_UTF16 ? [`is ${text.length} long`] : text.trim() === '' ? ['is empty'] : []);

const ownNumbers: Rule = ({ text }, { numbers }) =>
  [...text.matchAll(/№ ?(\d+)/g)].flatMap(([, number]) =>
    numbers.has(Number(number)) ? [] : [`names booking №${number ?? ''}, which this customer does not have`],
  );

const RULES: readonly Rule[] = [unknownAmounts, oneQuestion, greetsOnce, leftovers, fits, ownNumbers];

/** Every rule a message breaks, in words. */
export const brokenRules = (said: Said, world: World): readonly string[] => RULES.flatMap((rule) => rule(said, world));
