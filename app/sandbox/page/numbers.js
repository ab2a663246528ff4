const NBSP = '\u00a0';
const decimal = new Intl.NumberFormat('ru', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('ru');
const MINUTE_MS = 60_000;

/** «240 мс», «1,2 с», «2 мин 5 с». */
export const duration = (ms) => {
  if (ms < 1000) return `${Math.round(ms)}${NBSP}мс`;
  if (ms < MINUTE_MS) return `${decimal.format(ms / 1000)}${NBSP}с`;
  return `${Math.floor(ms / MINUTE_MS)}${NBSP}мин ${Math.round((ms % MINUTE_MS) / 1000)}${NBSP}с`;
};

export const roubles = (amount) => `${whole.format(amount)}${NBSP}₽`;
export const number = (value) => whole.format(value);

const rules = new Intl.PluralRules('ru');
/** «1 строка», «2 строки», «5 строк». */
export const plural = (count, forms) => `${whole.format(count)}${NBSP}${forms[rules.select(count)] ?? forms.many}`;
