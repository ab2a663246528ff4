import type { Recollection } from './recollect.ts';
import { PHRASES } from './phrases.ts';
import { carName } from './slots/car.ts';
import { toldAbout } from './told-prices.ts';
import { handedOver } from './tool-results.ts';

type Reason = 'asked_for_person' | 'complaint' | 'not_in_list' | 'going_in_circles';

const ABUSE_BEFORE_HAND_OVER = 2;
const CONFUSED_BEFORE_HAND_OVER = 2;

/** The customer comes back to what the list does not have. */
const insistsOnUnlisted = ({ before, said }: Recollection): boolean => {
  if (before.unlisted.length === 0 || before.collecting) return false;
  if (said.services.some(({ words }) => toldAbout(words, before) !== undefined)) return false; // a person has answered that
  return said.intents.has('insists') || said.services.some(({ words }) => before.unlisted.includes(words));
};

type Rule = readonly [reason: Reason, holds: (recollection: Recollection, isConfused: boolean) => boolean];
const RULES: readonly Rule[] = [
  ['complaint', ({ said, memory }) => said.intents.has('complaint') || (said.intents.has('abuse') && memory.abused >= ABUSE_BEFORE_HAND_OVER)],
  ['asked_for_person', ({ said }) => said.intents.has('human')],
  ['not_in_list', insistsOnUnlisted],
  ['going_in_circles', ({ before }, isConfused) => isConfused && before.confusedTimes >= CONFUSED_BEFORE_HAND_OVER],
];

/** Why a person is needed now, or undefined. */
const handOverReason = (recollection: Recollection, isConfused: boolean): Reason | undefined => RULES.find(([, holds]) => holds(recollection, isConfused))?.[0];

const MAX_SUMMARY = 400;
const WHY: Readonly<Record<Reason, string>> = {
  asked_for_person: 'Клиент просит человека',
  complaint: 'Клиент недоволен',
  not_in_list: 'Клиент спрашивает о работе, которой нет в прайсе',
  going_in_circles: 'Бот не понимает клиента',
};

/** The call, unless it was made in this turn. */
export const planHandOver = (
  recollection: Recollection,
  isConfused: boolean,
): readonly Readonly<{ name: string; args: Readonly<Record<string, unknown>> }>[] => {
  const reason = handOverReason(recollection, isConfused);
  const { memory, said, turn } = recollection;
  if (reason === undefined || turn.calls.some(({ name }) => name === 'hand_over')) return [];
  const asked = memory.wanted.map(({ words }) => words).concat(memory.unlisted);
  const facts = [memory.car ? carName(memory.car) : '', [...new Set(asked)].join(', ')].filter(Boolean).join(': ');
  const summary = `${WHY[reason]}.${facts ? ` ${facts}.` : ''} Последнее сообщение: ${said.text.trim()}`.slice(0, MAX_SUMMARY);
  return [{ name: 'hand_over', args: { reason, summary } }];
};

const LEADS: Readonly<Record<Reason, string>> = {
  asked_for_person: '',
  complaint: PHRASES.complaint,
  not_in_list: PHRASES.unlistedPerson,
  going_in_circles: PHRASES.lost,
};

/** What the customer hears of a hand-over that was made; undefined when none was, or it failed. */
export const handOverText = (recollection: Recollection, isConfused: boolean): string | undefined => {
  const call = recollection.turn.calls.find(({ name }) => name === 'hand_over');
  const reason = handOverReason(recollection, isConfused);
  if (!call || !handedOver(call) || reason === undefined) return undefined;
  return [LEADS[reason], PHRASES.handedOver].filter(Boolean).join(' '); // the tool's own message is meant for the model, not for the customer
};
