import { isRecord } from '../bot-api/arguments.ts';
import type { By, SendStep, Step, Story } from './types.ts';

export type Attributed = Readonly<{ story: Story; by: By }>;

/** A story whose last step is older than this does not explain what happens now. */
const RECENT_MS = 15_000;
const HEAD_LENGTH = 40;

const isDelivered = ({ steps }: Story): boolean => steps.some((step) => step.kind === 'webhook' && (step.how === 'delivered' || step.how === 'taken'));
const isAnswerIn =
  (chatId: number) =>
  (step: Step): boolean =>
    step.kind === 'send' && step.chatId === chatId && step.method !== 'sendChatAction' && step.applied;

/** Whether something was said into the story's own chat since the model was last asked: a word that calms meanwhile is no answer. */
const isAnswered = ({ steps, chatId }: Story): boolean => {
  const answer = steps.findLastIndex((step) => isAnswerIn(chatId)(step) && step.kind === 'send' && !step.meanwhile);
  return answer > steps.findLastIndex(({ kind }) => kind === 'model');
};

/** Calls are dated by their beginning, all else by its end. */
const endOf = (step: Step): number => (step.kind === 'model' || step.kind === 'send' ? step.at + (step.ms ?? 0) : step.at);
const lastAt = ({ steps, startedAt }: Story): number => Math.max(startedAt, ...steps.map(endOf));

const mostRecent = (stories: readonly Story[], now: number): Story | undefined =>
  stories
    .filter((story) => now - lastAt(story) <= RECENT_MS)
    .reduce<Story | undefined>((best, story) => (best === undefined || lastAt(story) >= lastAt(best) ? story : best), undefined);

/** The first words of each of the story's messages; the bot has words of its own for a photo. */
const headsOf = ({ steps }: Story): readonly string[] =>
  steps
    .flatMap((step) =>
      step.kind === 'update'
        ? [
            step.text
              .replace(/^\[[^\]]*\]/, '')
              .trim()
              .slice(0, HEAD_LENGTH)
              .trim(),
          ]
        : [],
    )
    .filter((head) => head !== '');

/** Whether the words the model was shown hold what this story's update said. */
export const isSaidIn = (lastUser: string, story: Story): boolean => headsOf(story).some((head) => lastUser.includes(head));

/** Stories of the same chat that wait for an answer: their messages may have gone into one turn. */
export const waitingBeside = (stories: readonly Story[], story: Story): readonly Story[] =>
  stories.filter(
    (other) => other !== story && other.chatId === story.chatId && isDelivered(other) && !other.steps.some(({ kind }) => kind === 'model' || kind === 'send'),
  );

type ModelCall = Readonly<{ traceId: string | undefined; lastUser: string }>;

/** The update that made the bot ask the model: the one named by the trace, else the newest whose words it shows, else the newest waiting. */
export const storyOfModelCall = (stories: readonly Story[], { traceId, lastUser }: ModelCall): Attributed | undefined => {
  const traced = traceId === undefined ? undefined : stories.findLast((story) => story.traceIds.includes(traceId));
  if (traced) return { story: traced, by: 'trace' };
  const delivered = stories.filter(isDelivered);
  const story = delivered.findLast((candidate) => isSaidIn(lastUser, candidate)) ?? delivered.findLast((candidate) => !isAnswered(candidate));
  return story && { story, by: 'order' };
};

type Sent = Pick<SendStep, 'method' | 'chatId' | 'text' | 'notice'> & Readonly<{ now: number }>;

const isRepeatOf =
  ({ method, chatId, text }: Sent) =>
  (step: Step): boolean =>
    step.kind === 'send' && step.method === method && step.chatId === chatId && step.text === text && !(step.status === 200 && step.told !== false);

const numberIn = (text: string): number | undefined => {
  const digits = /№\s?(\d{1,9})/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const toolGave = (number: number) => (step: Step) => step.kind === 'tool' && isRecord(step.result) && step.result['number'] === number;

const storyOfNotice = (stories: readonly Story[], { text, chatId, now }: Sent): Story | undefined => {
  const number = numberIn(text);
  const named = number === undefined ? undefined : stories.findLast(({ steps }) => steps.some(toolGave(number)));
  // the customer may have said more since the booking
  const customers =
    named &&
    mostRecent(
      stories.filter((story) => story.chatId === named.chatId),
      now,
    );
  const quoted = mostRecent(
    stories.filter((story) => text.includes(story.chatName) && isSaidIn(text, story)),
    now,
  );
  return customers ?? quoted ?? mostRecent(stories, now) ?? stories.findLast((story) => story.chatId === chatId);
};

/** The update that made the bot call Telegram. The Bot API carries no trace, so this is decided by words, order and time. */
export const storyOfSend = (stories: readonly Story[], sent: Sent): Story | undefined => {
  const repeated = stories.findLast(({ steps }) => sent.method !== 'sendChatAction' && steps.some(isRepeatOf(sent)));
  if (repeated) return repeated;
  if (sent.notice) return storyOfNotice(stories, sent);
  const own = stories.filter((story) => story.chatId === sent.chatId && isDelivered(story));
  if (sent.method === 'sendChatAction') return own.at(-1);
  const open = own.filter((story) => story.steps.at(-1)?.kind !== 'joined' && !isAnswered(story));
  return open.findLast(({ steps }) => steps.some(({ kind }) => kind === 'model')) ?? open.at(-1) ?? mostRecent(stories, sent.now) ?? own.at(-1);
};
