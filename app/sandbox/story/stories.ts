import type { Message, Update } from 'grammy/types';
import type { Clock } from '../../kit/clock.ts';
import type { Events } from '../events.ts';
import { kindOf, messageOf, placeOf } from '../places.ts';
import type { Entry } from '../state.ts';
import type { Undated } from '../store.ts';
import { newTraceId, traceparentOf } from './trace.ts';
import { shorten, type Step, type Story, type UpdateStep } from './types.ts';

const KEPT = 100;
const STEPS_KEPT = 80;

type Of<Kind extends Entry['kind']> = Omit<Extract<Entry, { kind: Kind }>, 'at'>;
type Deps = Readonly<{ clock: Clock; events: Events; nameOf: (chatId: number) => string }>;

const WHAT = { message: 'message', edited_message: 'edited', callback_query: 'press', my_chat_member: 'member' } as const;

const wordsOfMessage = ({ photo, voice, text = '', caption = '' }: Message): string => {
  if (photo) return `[фото] ${caption}`.trim();
  return voice ? '[голосовое]' : text;
};

const wordsOf = (update: Update): string => {
  const message = messageOf(update);
  if (message) return wordsOfMessage(message);
  return update.callback_query?.data ?? update.my_chat_member?.new_chat_member.status ?? '';
};

const countAttempts = ({ steps }: Story, updateId: number): number => steps.filter((step) => step.kind === 'webhook' && step.updateId === updateId).length;

export type Stories = ReturnType<typeof createStories>;

/**
 * The last hundred updates and what each led to, in memory: kept from what passes through the sandbox anyway.
 * Every change is one `story` event.
 */
export const createStories = ({ clock, events, nameOf }: Deps) => {
  let stories: Story[] = [];
  let lastId = 0;
  const now = (): number => clock.now().getTime();

  const changed = ({ id }: Story): void => events.publish({ kind: 'story', id });

  const begin = ({ chatId, albumId }: { chatId: number; albumId: string | null }): Story => {
    lastId += 1;
    const story: Story = { id: lastId, chatId, chatName: nameOf(chatId), startedAt: now(), albumId, traceIds: [], steps: [], dropped: 0 };
    stories = [...stories.slice(1 - KEPT), story];
    return story;
  };

  /** A story that never ends (a customer nobody can reach) must not grow for ever: what came first and what came last stays. */
  const add = (story: Story, step: Step): void => {
    story.steps.push(step);
    if (story.steps.length > STEPS_KEPT) {
      story.steps.splice(STEPS_KEPT / 2, 1);
      story.dropped += 1;
    }
    changed(story);
  };

  const ofUpdate = (updateId: number): Story | undefined =>
    stories.findLast(({ steps }) => steps.some((step) => step.kind === 'update' && step.updateId === updateId));

  const arrived = ({ update, heard }: Of<'received'>): void => {
    const [place, kind] = [placeOf(update), kindOf(update)];
    if (!place || !kind) return;
    const albumId = update.message?.media_group_id ?? null;
    const album = albumId === null ? undefined : stories.findLast((story) => story.albumId === albumId && story.chatId === place.chatId);
    const story = album ?? begin({ chatId: place.chatId, albumId });
    if (heard) story.traceIds.push(newTraceId());
    const step: UpdateStep = { kind: 'update', at: now(), updateId: update.update_id, what: WHAT[kind], text: shorten(wordsOf(update)), heard };
    add(story, step);
  };

  const tried = ({ updateId, status, error, startedAt }: Of<'attempt'>): void => {
    const story = ofUpdate(updateId);
    if (!story) return;
    const [at, attempt] = [now(), countAttempts(story, updateId) + 1];
    add(story, { kind: 'webhook', at, updateId, how: 'failed', attempt, status, ms: startedAt === undefined ? null : at - startedAt, error: shorten(error) });
  };

  const settled = ({ updateId, how, status, startedAt }: Of<'settled'>): void => {
    const story = ofUpdate(updateId);
    if (!story) return;
    const [at, attempt] = [now(), countAttempts(story, updateId) + 1];
    const taken = how === 'delivered' && startedAt === undefined;
    add(story, {
      kind: 'webhook',
      at,
      updateId,
      how: taken ? 'taken' : how,
      attempt,
      status,
      ms: startedAt === undefined ? null : at - startedAt,
      error: null,
    });
  };

  /** The trace ids stand in the order in which the story's heard updates arrived. */
  const traceOf = (updateId: number): string => {
    const story = ofUpdate(updateId);
    const heard = story?.steps.filter((step) => step.kind === 'update' && step.heard) ?? [];
    return story?.traceIds[heard.findIndex((step) => step.kind === 'update' && step.updateId === updateId)] ?? newTraceId();
  };

  return {
    now,
    all: (): readonly Story[] => stories,
    find: (id: number): Story | undefined => stories.find((story) => story.id === id),
    begin,
    add,
    changed,
    /** The `traceparent` of a delivery of this update: the same trace for each attempt. */
    traceparentFor: (updateId: number): string => traceparentOf(traceOf(updateId)),
    /** Hears each journal line after it is written. */
    heard: (entry: Undated<Entry>): void => {
      if (entry.kind === 'received') arrived(entry);
      if (entry.kind === 'attempt') tried(entry);
      if (entry.kind === 'settled') settled(entry);
    },
  };
};
