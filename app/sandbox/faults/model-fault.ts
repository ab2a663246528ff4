import type { Decision } from '../model/decide.ts';
import type { ModelFault } from './request.ts';

const UNKNOWN_TOOL = 'order_spare_parts';
const INVENTED_PRICE = 'Для вас всё будет стоить ровно 7 777 ₽, это окончательная цена.';

const callOf = (name: string, args: Readonly<Record<string, unknown>>): Decision => ({ kind: 'call', calls: [{ name, args }] }); // a name outside the app's tools is the fault itself

type Change = (decision: Decision) => Decision;

/** What the script says instead, for the faults that are wrong answers rather than broken connections. */
const CHANGES: Readonly<Partial<Record<ModelFault['fault'], Change>>> = {
  unknown_tool: () => callOf(UNKNOWN_TOOL, { part: 'бампер' }),
  wrong_arguments: (decision) => callOf(decision.kind === 'call' ? (decision.calls[0]?.name ?? 'find_prices') : 'find_prices', { service: 7, car: ['?'] }),
  invented_price: () => ({ kind: 'say', text: INVENTED_PRICE }),
};

export const changeDecision = ({ fault }: ModelFault): Change | undefined => CHANGES[fault];
