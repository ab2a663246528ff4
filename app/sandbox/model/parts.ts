import { confirmText, offerTimes } from './booking-answer.ts';
import { hasAny, type Intent } from './intents.ts';
import { changesDetails } from './learn.ts';
import type { Memory } from './memory.ts';
import { nextQuestion } from './next-question.ts';
import { openSlots } from './opening-hours.ts';
import type { Recollection } from './recollect.ts';
import { HINTS, PHRASES } from './phrases.ts';
import { asksTime, isSameQuestion, QUESTIONS, type Question } from './questions.ts';
import { showDay, showLocal } from './slots/calendar.ts';
import { carName } from './slots/car.ts';
import { looksLikePhone } from './slots/phone.ts';
import { addressOf, contactOf, hoursOf } from './workshop-facts.ts';
import type { Works } from './works.ts';

const SHORT_PHONE = 'Похоже, в номере не хватает цифр: пришлите остальные или номер целиком, например +7 912 345-67-89.';
const MISSES_BEFORE_OPTIONS = 2;

const saidMoment = ({ date, time }: Memory): string => {
  if (date && time) return showLocal(`${date}T${time}`);
  return date ? showDay(date) : `в ${time ?? ''}`;
};

const acknowledgeContact = ({ before, said: { name, phones } }: Recollection): string | undefined => {
  if (name !== undefined && name !== before.name) {
    return phones.length === 1 ? 'Записал имя и номер.' : `Очень приятно, ${name}.`;
  }
  if (phones.length === 1) return 'Номер записал.';
  return phones.length > 1 ? 'Вижу несколько номеров.' : undefined;
};

/** A choice from our list counts as said. */
const heardMoment = ({ memory, before, said }: Recollection): boolean =>
  (said.when.date ?? said.when.time) !== undefined || (memory.time !== undefined && memory.date !== before.date);

type Heard = readonly [happened: (recollection: Recollection) => boolean, text: (recollection: Recollection) => string];
const HEARD: readonly Heard[] = [
  [({ said }) => said.second !== undefined, ({ said }) => `Хорошо, ${said.second ? carName(said.second.car) : ''} запишем следом.`],
  [heardMoment, ({ memory }) => `Понял: ${saidMoment(memory)}.`],
  [({ memory, before }) => memory.anyTime && !before.anyTime, () => 'Хорошо, время согласует менеджер.'],
  [({ memory, before }) => memory.carSkipped && !before.carSkipped, () => 'Ничего страшного: класс машины мастер определит на осмотре.'],
  [({ memory, before }) => memory.nameSkipped && !before.nameSkipped, () => 'Хорошо, можно и без имени.'],
  [({ said, memory }) => said.car !== undefined && memory.car !== undefined, ({ memory }) => `Понял, ${memory.car ? carName(memory.car) : ''}.`],
  [({ said, before }) => before.greeted && said.intents.has('greeting'), () => PHRASES.stillHere],
];

/** What was read from the message, so that nobody wonders whether it got through. */
const acknowledge = (recollection: Recollection): string =>
  acknowledgeContact(recollection) ?? HEARD.find(([happened]) => happened(recollection))?.[1](recollection) ?? 'Хорошо.';

const hintFor = ({ said }: Recollection, question: Question): string =>
  question === 'phone' && looksLikePhone(said.text) ? SHORT_PHONE : (HINTS[question] ?? '');

type Lead = Readonly<{ alreadySaid: boolean; works: Works }>;

const leadOf = (recollection: Recollection, question: Question, { alreadySaid }: Lead): string => {
  if (alreadySaid) return '';
  const { memory, before } = recollection;
  return memory.misses > before.misses && isSameQuestion(before.asked, question) ? hintFor(recollection, question) : acknowledge(recollection);
};

/** Concrete times to choose from: for «с утра», «когда свободно?», and when the question of the time was missed twice. */
const timesToOffer = ({ memory, before }: Recollection, question: Question): readonly string[] => {
  const { hours, now, date, part } = memory;
  if (memory.digresses && before.asked === 'other_time' && asksTime(question)) return before.offered;
  const misses = isSameQuestion(before.asked, question) ? memory.misses : 0;
  if (!hours || !asksTime(question) || (part === undefined && misses < MISSES_BEFORE_OPTIONS)) return [];
  return openSlots(hours, { now, date, part });
};

const timeOffer = (recollection: Recollection, question: Question, { alreadySaid }: Lead): string | undefined => {
  const slots = timesToOffer(recollection, question);
  if (slots.length === 0) return undefined;
  const { part } = recollection.memory;
  const heard = alreadySaid ? '' : (acknowledgeContact(recollection) ?? (part ? 'Хорошо.' : ''));
  const lead = part === 'any' ? PHRASES.freeTimes : heard;
  return offerTimes(lead, slots).trim();
};

const questionText = (recollection: Recollection, question: Question, lead: Lead): string => {
  const { memory } = recollection;
  const consent = ['name', 'phone', 'which_phone'].includes(question) && !memory.consentSaid ? memory.consent : '';
  return [leadOf(recollection, question, lead), consent, QUESTIONS[question]].filter(Boolean).join(' ');
};

const confirmPart = (recollection: Recollection, { alreadySaid, works }: Lead): string => {
  const { memory, before, said } = recollection;
  const isOpen = before.asked === 'confirm' && !changesDetails(said);
  if (isOpen && said.intents.has('no')) return QUESTIONS.fix;
  if (isOpen && !alreadySaid) return `${HINTS.confirm ?? ''} ${QUESTIONS.confirm}`;
  return [alreadySaid ? '' : acknowledge(recollection), confirmText(memory, works)].filter(Boolean).join(' ');
};

/** The next step of a booking: why the moment cannot be, the next question, or everything repeated. */
export const collectingParts = (recollection: Recollection, lead: Lead): string => {
  const { memory } = recollection;
  const fallback: Question = memory.moving ? 'move' : 'when';
  if (memory.issue) return offerTimes(memory.issue.text, memory.issue.nearest, fallback);
  const question = nextQuestion(memory);
  if (!question) return confirmPart(recollection, lead);
  return timeOffer(recollection, question, lead) ?? questionText(recollection, question, lead);
};

const callUs = (system: string): string => {
  const contact = contactOf(system);
  return contact === PHRASES.noContact ? '' : `${contact} `;
};

const handOver = ({ memory }: Recollection, system: string): string => {
  if (memory.booked) return `${PHRASES.handOver} ${callUs(system)}Менеджер перезвонит вам по заявке №${memory.booked.number}.`;
  return memory.collecting ? `${PHRASES.handOver} ${callUs(system)}`.trim() : `${PHRASES.handOver} ${callUs(system)}${PHRASES.handOverHow} ${QUESTIONS.offer}`;
};

const whyText = ({ before, said }: Recollection, system: string): string | undefined => {
  if (before.asked === 'phone' || /телефон|номер/iu.test(said.text))
    return `${PHRASES.whyPhone} Не хотите оставлять — можно позвонить нам. ${callUs(system)}`.trim();
  return before.asked === 'name' || /имя/iu.test(said.text) ? PHRASES.whyName : undefined;
};

const refusal = ({ memory, before }: Recollection, system: string): string | undefined =>
  memory.paused && before.collecting ? `${PHRASES.noPhone} ${callUs(system)}${PHRASES.sendLater}` : undefined;

/** Before a price nothing is booked yet, but a moment that cannot be is said at once. */
const issueText = ({ memory }: Recollection): string | undefined => (memory.collecting || memory.moving ? undefined : memory.issue?.text);

type Part = (recollection: Recollection, system: string) => string | undefined;
const INFO: readonly (readonly [Intent, Part])[] = [
  ['abuse', ({ memory }) => (memory.pricing || memory.collecting ? undefined : PHRASES.abuse)],
  ['how_are_you', () => PHRASES.howAreYou],
  ['who_are_you', () => PHRASES.whoAreYou],
  ['address', (_, system) => addressOf(system)],
  ['hours', (_, system) => hoursOf(system)],
  ['contact', (_, system) => contactOf(system)],
  ['duration', () => PHRASES.duration],
  ['guarantee', () => PHRASES.guarantee],
  ['payment', () => PHRASES.payment],
  ['discount', () => PHRASES.discount],
  ['bring', () => PHRASES.bring],
  ['why', whyText],
  ['refuse', refusal],
  ['complaint', handOver],
  ['human', handOver],
  ['injection', () => PHRASES.injection],
  ['haggle', () => PHRASES.haggle],
];

const photoText = ({ said }: Recollection): string | undefined => (said.photos > 0 ? PHRASES.photo : undefined);

const askedForWork = ({ memory, said }: Recollection): string | undefined => {
  const question = memory.collecting ? '' : ` ${QUESTIONS.service}`;
  if (said.isVague && said.services.length === 0) return `${said.photos > 0 ? PHRASES.photoVague : PHRASES.vague}${question}`;
  if (said.intents.has('price_list') && !memory.pricing) return `${PHRASES.priceList}${question}`;
  return said.isPrice && !memory.pricing && !memory.collecting ? QUESTIONS.service : undefined;
};

/** Answers to whatever else the message asks; empty when it asks nothing of the kind. */
export const infoParts = (recollection: Recollection, system: string): string[] => {
  const { said } = recollection;
  const parts = INFO.filter(([intent]) => said.intents.has(intent)).flatMap(([, part]) => part(recollection, system) ?? []);
  const others = [issueText(recollection), askedForWork(recollection)].flatMap((part) => part ?? []);
  return [...new Set([...[photoText(recollection)].flatMap((part) => part ?? []), ...parts, ...others])];
};

const GOES_ON: readonly Intent[] = ['injection', 'haggle', 'discount'];

/** After a word on something else the question that was open is asked again, or the first one of all; never two in one message. */
export const openQuestion = ({ memory, before, said }: Recollection, body: readonly string[]): readonly string[] => {
  const goesOn = said.photos > 0 || hasAny(said.intents, ...GOES_ON);
  if (!goesOn || memory.collecting || memory.moving || body.some((part) => part.includes('?'))) return [];
  if (before.asked === undefined && memory.booked) return []; // whatever was said belongs to the booking
  return [QUESTIONS[before.asked ?? (memory.wanted.length > 0 ? 'offer' : 'service')]];
};

const has = ({ said }: Recollection, ...intents: readonly Intent[]): boolean => hasAny(said.intents, ...intents);

const stopped = (recollection: Recollection): string => {
  const { memory, before } = recollection;
  if (has(recollection, 'bye')) return PHRASES.byeUnfinished;
  return before.moving && memory.booked ? `Хорошо, заявка №${memory.booked.number} остаётся как была.` : PHRASES.declined;
};

const turnsDown = (recollection: Recollection): boolean =>
  has(recollection, 'no', 'later', 'decline') || (recollection.before.asked === 'offer' && has(recollection, 'unsure'));

const farewell = (recollection: Recollection): string | undefined => {
  const { memory, said } = recollection;
  if (said.stopsBooking) return stopped(recollection);
  if (turnsDown(recollection)) return PHRASES.declined;
  if (memory.booked && has(recollection, 'yes', 'thanks', 'bye')) return PHRASES.seeYou;
  if (has(recollection, 'bye')) return PHRASES.bye;
  if (has(recollection, 'thanks')) return PHRASES.thanks;
  return has(recollection, 'noted') && !has(recollection, 'greeting', 'yes', 'booking') ? PHRASES.noted : undefined;
};

const unknownCar = (recollection: Recollection): string | undefined => {
  const { memory, before } = recollection;
  if (before.asked !== 'car' || memory.car || has(recollection, 'greeting')) return undefined;
  return memory.carSkipped ? `Хорошо, тогда ориентируйтесь на цены по классам. ${QUESTIONS.offer}` : `${PHRASES.unknownCar} ${QUESTIONS.car}`;
};

const laterDay = ({ memory, before, said }: Recollection): string | undefined =>
  memory.booked === undefined && before.greeted && said.when.date !== undefined ? `Понял: ${saidMoment(memory)}.` : undefined;

const isForBooking = ({ memory }: Recollection): boolean => memory.wanted.length > 0 && memory.booked === undefined;

const nextOpen = (recollection: Recollection): string => QUESTIONS[recollection.before.asked ?? (isForBooking(recollection) ? 'offer' : 'service')];

const opening = (recollection: Recollection): string | undefined => {
  const { memory, before, said } = recollection;
  if (has(recollection, 'help')) return PHRASES.help;
  if (said.cars.length > 1) return `Понял, машин несколько. ${QUESTIONS.which_car}`;
  if (said.car && memory.car) return `Понял, ${carName(memory.car)}. ${memory.wanted.length > 0 ? QUESTIONS.offer : QUESTIONS.service}`;
  if (has(recollection, 'greeting', 'yes')) return `${before.greeted ? PHRASES.stillHere : PHRASES.about} ${nextOpen(recollection)}`;
  const day = laterDay(recollection);
  return day && `${day} ${nextOpen(recollection)}`;
};

const englishLine = (system: string): string => {
  const phone = /\+?\d[\d ()-]{8,}\d/.exec(contactOf(system))?.[0];
  return `Sorry, I only understand Russian: please write your question in Russian${phone ? ` or call us at ${phone}` : ''}.`;
};

const knownText = (recollection: Recollection): string | undefined => farewell(recollection) ?? unknownCar(recollection) ?? opening(recollection);

/** Whether the answer would be «не понял». */
export const isLost = (recollection: Recollection): boolean => {
  const { memory, said } = recollection;
  const isBusy = memory.collecting || memory.moving || memory.pricing || memory.change !== undefined || said.isEnglish || said.photos > 0;
  return (
    !isBusy &&
    !said.intents.has('my_booking') &&
    !said.intents.has('cancel') &&
    infoParts(recollection, '').length === 0 &&
    knownText(recollection) === undefined
  );
};

/** When nothing was asked that we can do: small talk, an introduction, or an honest «не понял» that ends at a person. */
export const offTopicText = (recollection: Recollection, system: string): string => {
  if (recollection.said.isEnglish) return englishLine(system);
  const known = knownText(recollection);
  if (known) return known;
  return recollection.before.confusedTimes > 0
    ? `${PHRASES.confusedAgain} ${QUESTIONS.offer}`
    : `${PHRASES.confused} ${QUESTIONS[isForBooking(recollection) ? 'offer' : 'service']}`;
};
