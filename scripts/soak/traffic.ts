import { setTimeout as sleep } from 'node:timers/promises';
import { BOOKING_WORD } from './echo.ts';
import { buildNonce } from './evidence.ts';
import type { Draw } from './random.ts';
import type { SandboxClient, Written } from './sandbox-client.ts';
import type { SoakSettings } from './settings.ts';

const FIRST_CUSTOMER = 100_100;
const GROUP = -1001000000001;

type Customer = { readonly chatId: number; lastText: number | undefined };
type Deps = Readonly<{ settings: SoakSettings; sandbox: SandboxClient; draw: Draw; progress: (written: number) => void }>;

/** What the customers of a soak write: single texts, bursts, edits, albums, bookings, commands, stickers' like, chatter in the group. */
export const createTraffic = ({ settings, sandbox, draw, progress }: Deps) => {
  const customers: Customer[] = Array.from({ length: settings.chats }, (_, index) => ({ chatId: FIRST_CUSTOMER + index, lastText: undefined }));
  let number = 0;
  let written = 0;
  let bookings = 0;

  const nonce = (kind: 'answer' | 'silent' = 'answer'): string => buildNonce(kind, number++);
  const post = async (chatId: number, body: object): Promise<Written> => {
    const answer = await sandbox.write(chatId, body);
    written += 1;
    return answer;
  };

  const text = async (customer: Customer, words: string): Promise<void> => {
    customer.lastText = (await post(customer.chatId, { text: `${words} ${nonce()}` })).message_id;
  };
  const burst = async (customer: Customer): Promise<void> => {
    for (let left = draw.whole(2, 5); left > 0; left--) await text(customer, 'Ещё вопрос');
  };
  const edit = async (customer: Customer): Promise<void> => {
    if (customer.lastText === undefined) return text(customer, 'Вопрос');
    await post(customer.chatId, { edit_message_id: customer.lastText, text: `Исправлено ${nonce()}` });
  };
  const album = async (customer: Customer): Promise<void> => {
    const photos = draw.whole(2, 4);
    await post(customer.chatId, { photos, caption: `Вот фото ${nonce()}`, sibling_delay_ms: Math.round(draw.whole(0, 800) / settings.scale) });
    written += photos - 1;
  };
  const book = async (customer: Customer): Promise<void> => {
    bookings += 1;
    await text(customer, `${BOOKING_WORD} на осмотр`);
  };
  const command = (customer: Customer): Promise<unknown> => post(customer.chatId, { text: '/start' });
  const voice = (customer: Customer): Promise<unknown> => post(customer.chatId, { voice: true });
  const chatter = (): Promise<unknown> => post(GROUP, { text: `Коллеги, ${nonce('silent')}` });

  const act = async (customer: Customer): Promise<unknown> => {
    const dice = draw.unit();
    if (dice < 0.55) return text(customer, 'Вопрос');
    if (dice < 0.75) return burst(customer);
    if (dice < 0.82) return edit(customer);
    if (dice < 0.87) return book(customer);
    if (dice < 0.91) return album(customer);
    if (dice < 0.94) return command(customer);
    return dice < 0.97 ? voice(customer) : chatter();
  };

  return {
    /** A text that makes its turn abort the process once. */
    writeAbort: async (): Promise<void> => text(draw.pick(customers), `ABORT-${buildNonce('silent', number).slice(2)}`),
    written: (): number => written,
    bookings: (): number => bookings,
    /** Writes until the run's number of updates is reached; each chat's messages in order. */
    run: async (stopping: AbortSignal): Promise<void> => {
      const startedMs = performance.now();
      const busy = new Set<Customer>();
      const tasks = new Set<Promise<unknown>>();
      let failure: Error | undefined;
      while (written < settings.updates && !stopping.aborted && failure === undefined) {
        const dueMs = startedMs + (written / settings.perSecond) * 1000;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0 || tasks.size > 50) await sleep(Math.max(1, Math.min(waitMs, 50)));
        if (waitMs > 0) continue;
        const customer = draw.pick(customers);
        if (busy.has(customer)) {
          await sleep(1);
          continue;
        }
        busy.add(customer);
        const task: Promise<unknown> = act(customer)
          .catch((error: unknown) => {
            failure ??= error instanceof Error ? error : new Error(String(error));
          })
          .finally(() => {
            busy.delete(customer);
            tasks.delete(task);
          });
        tasks.add(task);
        progress(written);
        await Promise.race([task, new Promise(setImmediate)]);
      }
      await Promise.all(tasks);
      if (failure !== undefined) throw failure;
    },
  };
};

export type Traffic = ReturnType<typeof createTraffic>;
