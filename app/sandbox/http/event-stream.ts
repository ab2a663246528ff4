import { PassThrough, type Readable } from 'node:stream';
import type { Events, SandboxEvent } from '../events.ts';
import type { Store } from '../store.ts';
import type { Stories } from '../story/stories.ts';
import { viewMessage } from './views.ts';

const RETRY_MS = 1_000;
const MAX_BUFFERED_BYTES = 4 * 1_048_576;

type Sources = Readonly<{ store: Store; stories: Stories }>;

const render = ({ store, stories }: Sources, event: SandboxEvent): string => {
  if (event.kind === 'queued') return ''; // the bot's business
  if (event.kind === 'story') return `event: story\ndata: ${JSON.stringify(stories.find(event.id))}\n\n`;
  if (event.kind !== 'message') return `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
  const shown = store.state.chats.get(event.chatId)?.messages.get(event.messageId);
  return shown ? `event: message\ndata: ${JSON.stringify({ chatId: event.chatId, message: viewMessage(shown) })}\n\n` : '';
};

/** Live events for pages. A reader that stopped reading is cut off, or its buffer would grow for ever; its page connects again and reads everything anew. */
export const createEventStreams = ({ store, stories, events, pingMs }: Sources & { events: Events; pingMs: number }) => {
  const open = new Set<PassThrough>();
  return {
    open: (): Readable => {
      const stream = new PassThrough();
      open.add(stream);
      const write = (text: string): void => {
        if (text === '') return;
        if (stream.writableLength > MAX_BUFFERED_BYTES) stream.destroy();
        else stream.write(text);
      };
      write(`retry: ${RETRY_MS}\n\n`);
      const unsubscribe = events.subscribe((event) => write(render({ store, stories }, event)));
      const ping = setInterval(() => write(': still here\n\n'), pingMs).unref();
      stream.once('close', () => {
        clearInterval(ping);
        unsubscribe();
        open.delete(stream);
      });
      return stream;
    },
    closeAll: (): void => {
      for (const stream of open) stream.destroy();
    },
  };
};
export type EventStreams = ReturnType<typeof createEventStreams>;
