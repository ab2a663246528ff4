import { nextQuestion } from './booking-answer.ts';
import type { Intent } from './intents.ts';
import type { Recollection } from './recollect.ts';
import { HINTS, PHRASES } from './phrases.ts';
import { QUESTIONS } from './questions.ts';
import { showLocal } from './slots/calendar.ts';
import { carName } from './slots/car.ts';
import { looksLikePhone } from './slots/phone.ts';
import { addressOf, contactOf, hoursOf } from './workshop-facts.ts';

const SHORT_PHONE = 'Похоже, в номере не хватает цифр. Например: +7 912 345-67-89.';

const acknowledge = ({ memory, before, said }: Recollection): string => {
  if (said.name && !before.name && !said.name.startsWith('<')) return `Очень приятно, ${said.name}.`;
  if ((said.when.date ?? said.when.time) && memory.date && memory.time) return `Понял: ${showLocal(`${memory.date}T${memory.time}`)}.`;
  return 'Хорошо.';
};

const hintFor = ({ said }: Recollection, question: keyof typeof QUESTIONS): string =>
  question === 'phone' && looksLikePhone(said.text) ? SHORT_PHONE : (HINTS[question] ?? '');

/** The next question of a booking, with a hint when it was just asked in vain. */
export const collectingParts = (recollection: Recollection, alreadySaid: boolean): string | undefined => {
  const { memory, before } = recollection;
  const question = nextQuestion(memory);
  if (!question) return undefined;
  const inVain = before.asked === question && !alreadySaid;
  const lead = inVain ? hintFor(recollection, question) : alreadySaid ? '' : acknowledge(recollection);
  const consent = (question === 'name' || question === 'phone') && !memory.consentSaid ? memory.consent : '';
  return [lead, consent, QUESTIONS[question]].filter(Boolean).join(' ');
};

const handOver = ({ memory }: Recollection, system: string): string => {
  const contact = contactOf(system);
  const phone = contact === PHRASES.noContact ? '' : `${contact} `;
  if (memory.bookingNumber !== undefined) return `${PHRASES.handOver} ${phone}Менеджер перезвонит вам по заявке № ${memory.bookingNumber}.`;
  return memory.collecting ? `${PHRASES.handOver} ${phone}`.trim() : `${PHRASES.handOver} ${phone}${PHRASES.handOverHow} ${QUESTIONS.offer}`;
};

const changeText = ({ memory, said }: Recollection): string | undefined => {
  if (memory.collecting || said.stopsBooking) return undefined;
  return memory.bookingNumber === undefined
    ? 'Записи у вас пока нет.'
    : `Ваша заявка № ${memory.bookingNumber} у менеджера: скажите ему о переменах, когда он перезвонит, и он всё исправит.`;
};

type Part = (recollection: Recollection, system: string) => string | undefined;
const INFO: readonly (readonly [Intent, Part])[] = [
  ['how_are_you', () => PHRASES.howAreYou],
  ['who_are_you', () => PHRASES.whoAreYou],
  ['address', (_, system) => addressOf(system)],
  ['hours', (_, system) => hoursOf(system)],
  ['contact', (_, system) => contactOf(system)],
  ['duration', () => PHRASES.duration],
  ['guarantee', () => PHRASES.guarantee],
  ['payment', () => PHRASES.payment],
  ['discount', () => PHRASES.discount],
  ['cancel', changeText],
  ['move', changeText],
  ['human', handOver],
];

/** Answers to whatever else the message asks; empty when it asks nothing of the kind. */
export const infoParts = (recollection: Recollection, system: string): string[] => {
  const { memory, said } = recollection;
  const parts = INFO.filter(([intent]) => said.intents.has(intent)).flatMap(([, part]) => part(recollection, system) ?? []);
  if (said.isPrice && memory.topic.length === 0) parts.push(QUESTIONS.service);
  return [...new Set(parts)];
};

const farewell = ({ memory, said }: Recollection): string | undefined => {
  if (said.stopsBooking || said.intents.has('no') || said.intents.has('later')) return PHRASES.declined;
  if (memory.bookingNumber !== undefined && ['yes', 'thanks', 'bye'].some((intent) => said.intents.has(intent as Intent))) return PHRASES.seeYou;
  if (said.intents.has('bye')) return PHRASES.bye;
  return said.intents.has('thanks') ? PHRASES.thanks : undefined;
};

const opening = ({ memory, before, said }: Recollection): string | undefined => {
  if (said.intents.has('help')) return PHRASES.help;
  if (said.car && memory.car) return `Понял, ${carName(memory.car)}. ${QUESTIONS.service}`;
  if (said.intents.has('greeting') || said.intents.has('yes'))
    return before.greeted ? `${PHRASES.stillHere} ${QUESTIONS.service}` : `${PHRASES.about} ${QUESTIONS.service}`;
  return undefined;
};

/** «А можно на 12?» after a booking is a wish to change it. */
const otherTime = (recollection: Recollection): string | undefined => {
  const { memory, said } = recollection;
  return memory.bookingNumber !== undefined && (said.when.date ?? said.when.time) ? changeText(recollection) : undefined;
};

/** When nothing was asked that we can do: small talk, an introduction, or an honest «не понял» that ends at a person. */
export const offTopicText = (recollection: Recollection): string => {
  const known = otherTime(recollection) ?? farewell(recollection) ?? opening(recollection);
  if (known) return known;
  return recollection.before.confusedTimes > 0 ? `${PHRASES.confusedAgain} ${QUESTIONS.offer}` : `${PHRASES.confused} ${QUESTIONS.service}`;
};
