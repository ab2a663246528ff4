import type { Clock } from '../../kit/clock.ts';
import { type Arguments, isRecord } from '../bot-api/arguments.ts';
import type { Outcome } from '../bot-api/striking.ts';
import { storyOfSend } from './attribute.ts';
import type { Stories } from './stories.ts';
import { type SendStep, shorten } from './types.ts';

type Called = Readonly<{ method: string; args: Arguments; chatId: number | null; outcome: Outcome; fault: string | null; applied: boolean; startedMs: number }>;
/** `ended` tells whether all of the answer went out. */
export type CallWatch = Readonly<{ ended: (fully: boolean) => void }>;

const ACTING = /^(?:send|edit)/;

const jsonOf = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
};

const wordsOf = ({ method, args }: Called): string => {
  const said = args['text'] ?? args['caption'] ?? args['action'];
  const text = typeof said === 'string' ? said : '';
  if (method === 'sendPhoto') return shorten(`[фото] ${text}`.trim());
  const media = method === 'sendMediaGroup' ? jsonOf(args['media']) : undefined;
  if (!Array.isArray(media)) return shorten(text);
  const caption = media.filter(isRecord).find((item) => typeof item['caption'] === 'string')?.['caption'];
  return shorten(`[фото: ${media.length}] ${typeof caption === 'string' ? caption : ''}`.trim());
};

const refusalOf = (outcome: Outcome): Pick<SendStep, 'status' | 'description' | 'retryAfter'> => {
  if (outcome.how !== 'answer') return { status: null, description: null, retryAfter: null };
  const body = typeof outcome.body === 'string' ? {} : outcome.body;
  const parameters = isRecord(body['parameters']) ? body['parameters'] : {};
  return {
    status: outcome.status,
    description: typeof body['description'] === 'string' ? shorten(body['description']) : null,
    retryAfter: typeof parameters['retry_after'] === 'number' ? parameters['retry_after'] : null,
  };
};

/** Puts each call of the bot that acts in a chat into the story of the update behind it; one without any gets a story of its own. */
export const createBotCalls = ({ stories, clock, nameOf }: { stories: Stories; clock: Clock; nameOf: (chatId: number) => string }) => {
  const watch = (called: Called, chatId: number): CallWatch => {
    const { method, outcome, fault, applied, startedMs } = called;
    const [at, text, notice] = [stories.now() - Math.round(clock.monotonicMs() - startedMs), wordsOf(called), chatId < 0];
    const found = storyOfSend(stories.all(), { method, chatId, text, notice, now: stories.now() });
    if (!found && method === 'sendChatAction') return { ended: () => undefined };
    const story = found ?? stories.begin({ chatId, albumId: null });
    const attempt = story.steps.filter((step) => step.kind === 'send' && step.method === method && step.chatId === chatId && step.text === text).length + 1;
    const step: SendStep = {
      kind: 'send',
      at,
      method,
      chatId,
      chatName: nameOf(chatId),
      notice,
      text,
      attempt,
      how: outcome.how,
      ...refusalOf(outcome),
      fault,
      applied,
      meanwhile: story.steps.some((other) => other.kind === 'model' && other.how === 'running'),
      told: null,
      ms: null,
    };
    stories.add(story, step);
    return {
      ended: (fully) => {
        step.told = fully;
        step.ms = Math.round(clock.monotonicMs() - startedMs);
        stories.changed(story);
      },
    };
  };

  return {
    called: (called: Called): CallWatch => {
      const { chatId, method } = called;
      return chatId !== null && ACTING.test(method) ? watch(called, chatId) : { ended: () => undefined };
    },
  };
};
export type BotCalls = ReturnType<typeof createBotCalls>;
