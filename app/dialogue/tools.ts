import type { Booking, BookingResult } from '../booking/create.ts';
import type { Clock } from '../kit/clock.ts';
import { sha256Hex } from '../kit/ids.ts';
import type { ToolCall } from '../llm/port.ts';
import { parseToolCall, type ToolArguments } from '../llm/tools.ts';
import type { StepKey } from '../lanes/steps.ts';
import type { Turn } from '../lanes/turn.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Sender } from '../telegram/incoming.ts';
import { classifyCar, findPrices } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';

export type RunTool = (call: ToolCall, place: Readonly<{ stepNo: number; callIndex: number }>) => Promise<unknown>;

type Deps = Readonly<{ workshop: Workshop; booking: Booking; dryRun: boolean; metrics: Metrics; clock: Clock }>;
type TurnTools = Readonly<{ turn: Turn; sender: Sender; at: Date; steps: Steps }>;

const outcomeOf = (result: BookingResult) => {
  if (!result.ok) return result.reason;
  return result.repeated ? 'repeated' : 'created';
};

const lookUpPrices = (workshop: Workshop, { service, car }: ToolArguments['find_prices']) => {
  const known = car === undefined ? null : classifyCar(workshop, car);
  const matches = findPrices(workshop, { service, carClass: known?.class });
  const note = matches.length === 0 ? 'В прайс-листе такой услуги нет: цену не называть, предложить ответ менеджера.' : undefined;
  return {
    car: known && { model: known.model, class: known.class, class_title: known.title },
    matches: matches.map(({ service: name, unit, from, price, prices }) => ({ service: name, unit, from, price, prices })),
    ...(note === undefined ? {} : { note }),
  };
};

/** The tools of a turn. Look-ups are stored as steps; a booking is stored in the same transaction as its step. */
export const createTools = ({ workshop, booking, dryRun, metrics, clock }: Deps) => {
  const book = async (args: ToolArguments['create_booking'], key: StepKey, { turn, sender, at, steps }: TurnTools): Promise<BookingResult> => {
    // after an outage a wish can lie in the past that was in the future when it was written
    const latest = new Date(Math.max(at.getTime(), clock.now().getTime()));
    const request = { args, sender, at: latest, turnId: turn.id, callKey: `${turn.id}/${key.stepNo}/${key.callIndex}`, startedMs: clock.monotonicMs() };
    const result = await steps.effect(key, (trx) => (dryRun ? booking.rehearse(trx, request) : booking.book(trx, request)));
    if (!dryRun) metrics.bookingFinished(outcomeOf(result));
    return result;
  };

  return (tools: TurnTools): RunTool =>
    async (call, { stepNo, callIndex }) => {
      const key = { stepNo, callIndex, contentHash: sha256Hex(`${call.name}\n${call.argumentsJson}`) };
      const stored = tools.steps.recall(key);
      if (stored?.kind === 'same') return stored.result;
      const parsed = parseToolCall(call.name, call.argumentsJson);
      if (!parsed.ok) return { ok: false, error: parsed.problem };
      if (parsed.name === 'create_booking') return book(parsed.args, key, tools);
      return tools.steps.store('tool', key, lookUpPrices(workshop, parsed.args));
    };
};

export type CreateTurnTools = ReturnType<typeof createTools>;
