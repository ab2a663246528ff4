import { blank, words } from '../lexicon/words.ts';

const HOUR_WORDS = ['полночь', 'час', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять', 'десять', 'одиннадцать', 'двенадцать'] as const;
const HALF_WORDS = [
  'первого',
  'второго',
  'третьего',
  'четвертого',
  'пятого',
  'шестого',
  'седьмого',
  'восьмого',
  'девятого',
  'десятого',
  'одиннадцатого',
  'двенадцатого',
] as const;
const HOUR = `(\\d{1,2}|${HOUR_WORDS.slice(1).join('|')})`;
const PART = '(утра|дня|вечера|ночи)';
const NOT_AN_HOUR =
  '(?! ?(?:руб|₽|%|тыс|км|лет|год|г\\.|элемент|детал|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|дн|день|недел|слов|царапин|мест|[.,]?\\d))';

const clock = (hour: number, minute: number): string | undefined => {
  if (hour === 24 && minute === 0) return '00:00';
  return hour <= 23 && minute <= 59 ? `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` : undefined;
};

/** «в 3» means the afternoon in a workshop; «в 3 ночи» means what it says. */
const hourOf = (hour: number, part: string | undefined): number => {
  if (part === 'утра' || part === 'ночи') return hour === 12 ? 0 : hour;
  if (part === 'дня' || part === 'вечера') return hour < 12 ? hour + 12 : hour;
  return hour >= 1 && hour <= 7 ? hour + 12 : hour;
};

const numberOf = (word: string): number => (/^\d+$/.test(word) ? Number(word) : HOUR_WORDS.findIndex((name) => name === word));

type Reader = (text: string) => string | undefined;
const NOON = words('полдень|полудн[юя]');
const HALF = words(`(?:в |к )?пол(?:овине?|овину)?[ -]?(${HALF_WORDS.join('|')})(?: ${PART})?`);
const CLOCK = /(?<![\d.])(\d{1,2})[:-](\d\d)(?![\d-])(?: ?(?:ч(?:ас\p{L}*)?\.?))?(?: (утра|дня|вечера|ночи))?/u;
const DOTTED = words(`(?:в|к|на|около|после|с) (\\d{1,2})[. ](\\d\\d)(?: ?(?:ч|час\\p{L}*))?(?: ${PART})?`);
/** «12 00» without a preposition: only full and quarter hours, else «14 000» would be a time. */
const SPACED = /(?<![\d.,] ?)(\d{1,2}) (00|15|30|45)(?![\d]| ?(?:руб|₽|тыс|км))/u;
const WITH_PART = words(`${HOUR}(?: ?час(?:а|ов)?)? ${PART}`);
const WITH_HOURS = words(`${HOUR} ?(?:час(?:а|ов)|ч)`);
const WITH_PREPOSITION = words(`(?:в|к|ко|на|около|после|с|часов в|часам к) ${HOUR}${NOT_AN_HOUR}`);
const BARE =
  /^[^\p{L}\d]*(?:(?:давайте|можно|лучше|тогда|ну|пусть|часов|в|к|на) )*(\d{1,2}|два|три|четыре|пять|шесть|семь|восемь|девять|десять|одиннадцать|двенадцать)(?:[ .:](\d\d))?[^\p{L}\d]*$/u;

/** «03:00» with its zero is a clock's three at night; «3:00» is what people say of the afternoon. */
const numeric = (match: RegExpExecArray | null): string | undefined => {
  const hour = match?.[1];
  if (!hour) return undefined;
  return clock(hour.startsWith('0') ? Number(hour) : hourOf(numberOf(hour), match[3]), Number(match[2] ?? 0));
};
const withPart = (match: RegExpExecArray | null): string | undefined => (match?.[1] ? clock(hourOf(numberOf(match[1]), match[2]), 0) : undefined);
const halfPast = (match: RegExpExecArray | null): string | undefined =>
  match?.[1]
    ? clock(
        hourOf(
          HALF_WORDS.findIndex((name) => name === match[1]),
          match[2],
        ),
        30,
      )
    : undefined;
const READERS: readonly Reader[] = [
  (text) => (NOON.test(text) ? '12:00' : undefined),
  (text) => halfPast(HALF.exec(text)),
  (text) => numeric(CLOCK.exec(text)),
  (text) => numeric(DOTTED.exec(text)),
  (text) => numeric(SPACED.exec(text)),
  (text) => withPart(WITH_PART.exec(text)),
  (text) => withPart(WITH_HOURS.exec(text)),
  (text) => withPart(WITH_PREPOSITION.exec(text)),
];

const ALL = [NOON, HALF, CLOCK, DOTTED, SPACED, WITH_PART, WITH_HOURS, WITH_PREPOSITION].map(({ source }) => new RegExp(source, 'gu'));
const DAY_PARTS = words('(?:с |в |к )?(?:утра|утром|дня|днем|вечера|вечером|ночью|ночи|обеда|после обеда|до обеда|после работы)', 'gu');

/** The normalised text without hours and parts of the day. */
export const withoutTime = (text: string): string => blank(ALL.reduce(blank, text), DAY_PARTS);

const SAID_CLOCK = /(?<![\d.:])(?:в |к |на )(\d{1,2}):(\d\d)(?!\d)|(?<![\d.:])(\d{1,2}):(\d\d)(?![\d:])/gu;

/** «25:00», «10:75»: written as a clock shows it, which no clock does. */
export const findImpossibleTime = (text: string): string | undefined => {
  for (const [, a, b, c, d] of text.matchAll(SAID_CLOCK)) {
    const [hour, minute] = [a ?? c ?? '', b ?? d ?? ''];
    if (Number(hour) > 24 || Number(minute) > 59) return `${hour}:${minute}`;
  }
  return undefined;
};

/** 'HH:MM' of an hour named in normalised text, or undefined. */
export const findTime = (text: string, { bareHour }: { bareHour: boolean }): string | undefined => {
  for (const read of READERS) {
    const time = read(text);
    if (time) return time;
  }
  return bareHour ? numeric(BARE.exec(text.trim())) : undefined;
};
