import { errorEvent, failureOf } from '../analytics/errors.ts';
import type { EventDraft, EventStory } from '../analytics/events.ts';
import { readDialogueFacts, type DialogueFacts } from '../analytics/facts.ts';
import { classifyMessage } from '../analytics/message-type.ts';
import type { Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import type { StoredStep } from '../lanes/steps.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import type { ModelAnswer } from '../llm/port.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Workshop } from '../workshop/types.ts';
import { createFindSuggested } from './suggested.ts';

type Deps = Readonly<{
  db: Database;
  workshop: Workshop;
  metrics: Metrics;
  clock: Clock;
  /** Blanks what must not leave the process in messages of errors. */
  redact: (text: string) => string;
}>;

type Told = Readonly<{
  turn: Turn;
  reply: Reply;
  steps: readonly StoredStep[];
  telegramUserId: number;
  since: Date;
  command: 'start' | undefined;
  durationMs: number;
}>;

const TEMPLATE = 'welcome';

/** Whose turn it is, when a customer speaks (groups are read without their senders). A /reset leaves nothing behind, so nothing is told of it. */
const speakerOf = ({ inputs }: Turn): Pick<Told, 'telegramUserId' | 'since' | 'command'> | undefined => {
  const spoken = inputs.flatMap(({ incoming, receivedAt }) => ('sender' in incoming ? [{ incoming, receivedAt }] : []));
  const [first, last] = [spoken[0], spoken.at(-1)];
  if (!first || !last) return undefined;
  const command = last.incoming.kind === 'command' ? last.incoming.name : undefined;
  return command === 'reset' ? undefined : { telegramUserId: last.incoming.sender.userId, since: first.receivedAt, command };
};

/**
 * Tells analytics what a turn was: events computed after the answer from the turn, its stored steps and the reply, and committed with it.
 * Their keys hold the turn, so a takeover tells nothing twice. A story that cannot be told is counted and never breaks the answer.
 */
export const createStorytelling = ({ db, workshop, metrics, clock, redact }: Deps) => {
  const findSuggested = createFindSuggested(workshop);
  const messageType = ({ turn, command }: Told) => (command === undefined ? classifyMessage(turn.texts) : 'command');

  type Tell = (told: Told, facts: DialogueFacts) => readonly EventStory[];

  const started: Tell = (told, { startsDialogue, hasRecentBooking }) => {
    if (!startsDialogue) return [];
    const properties = { platform: 'telegram', user_id: told.telegramUserId, message_type: messageType(told), has_recent_booking: hasRecentBooking };
    return [{ name: 'ai_dialog_started', key: `dialog:${told.turn.id}`, properties }];
  };

  const greeted: Tell = ({ turn, telegramUserId, since, command }, { isKnown }) => {
    if (command !== 'start') return [];
    const properties = {
      user_id: telegramUserId,
      user_type: isKnown ? 'returning' : 'new',
      // from the receipt of /start until the greeting is handed to the outbox; the two may be clocks of two machines
      delivery_time_ms: Math.max(0, clock.now().getTime() - since.getTime()),
      template_used: TEMPLATE,
    };
    return [{ name: 'greeting_sent', key: `greeting:${turn.id}`, properties }];
  };

  const engaged: Tell = ({ turn, since, telegramUserId, command }, { greeting }) => {
    if (!greeting || command !== undefined || turn.texts.length === 0) return [];
    const properties = {
      user_id: telegramUserId,
      time_to_engagement_ms: Math.max(0, since.getTime() - greeting.at.getTime()),
      message_count: turn.texts.length,
      engagement_type: classifyMessage(turn.texts),
    };
    return [{ name: 'user_engagement', key: `engagement:${greeting.key}`, properties }];
  };

  const suggested: Tell = (told) =>
    findSuggested(told.steps, told.reply.assistantText ?? '').map(({ service, price, from, carClass, confidence }) => ({
      name: 'service_suggested',
      key: `suggested:${told.turn.id}:${service}`,
      properties: {
        service_name: service,
        confidence_score: confidence,
        suggestion_type: from ? 'from_price' : price === null ? 'price_range' : 'exact_price',
        context: { message_type: messageType(told), car_class: carClass, price },
      },
    }));

  const responded: Tell = ({ turn, reply, steps, durationMs }) => {
    const model = steps.findLast(({ kind }) => kind === 'model')?.result as ModelAnswer | undefined;
    if (!model || reply.failure) return [];
    // of this process: after a takeover the part that was left
    const properties = { duration_ms: durationMs, model_used: model.model, timestamp: clock.now().toISOString() };
    return [{ name: 'ai_response_time', key: `response:${turn.id}`, properties }];
  };

  const failed: Tell = ({ turn, reply, telegramUserId }) => {
    if (!reply.failure) return [];
    const failure = failureOf(reply.failure, redact);
    return [errorEvent({ failure, context: 'model', telegramUserId, key: `error:model:${turn.id}`, at: clock.now() })];
  };

  const tell = async (told: Told): Promise<readonly EventDraft[]> => {
    const { turn, telegramUserId, since } = told;
    const facts = await readDialogueFacts(db, { laneKey: turn.lane.key, turnId: turn.id, telegramUserId, since });
    const chapters = [started, greeted, engaged, suggested, responded, failed];
    return chapters.flatMap((chapter) => chapter(told, facts)).map((draft) => ({ ...draft, telegramUserId }));
  };

  return (answer: Answer): Answer =>
    async (turn, context) => {
      const startedMs = clock.monotonicMs();
      const reply = await answer(turn, context);
      const durationMs = Math.round(clock.monotonicMs() - startedMs);
      const speaker = speakerOf(turn);
      if (!speaker || reply.outcome !== 'answered') return reply;
      try {
        const events = await tell({ turn, reply, steps: context.steps.all(), durationMs, ...speaker });
        return { ...reply, events: [...reply.events, ...events] };
      } catch {
        metrics.eventFailed();
        return reply;
      }
    };
};
