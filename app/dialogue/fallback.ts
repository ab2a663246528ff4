import { describeDone } from '../booking/done.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import { buildNotice, personOf } from '../telegram/notice.ts';
import { foundPrices } from './check-answer.ts';
import { say, type Customer } from './reply.ts';
import { describePrices, modelFailedAfter, TEXTS } from './texts.ts';

type Scene = Readonly<{
  turn: Turn;
  customer: Customer;
  steps: Steps;
  /** What the bot said last. */
  lastAnswer: string | undefined;
}>;

const PASSED_ON: readonly (string | undefined)[] = [TEXTS.modelFailed, TEXTS.modelStillFailing, TEXTS.unsureAnswer];

/** What a customer gets when the model gives nothing that may be sent: the truth as far as it is known, and a person gets the question. */
export const createFallback = ({ managerChatId }: Readonly<{ managerChatId: number }>) => {
  const passOn = ({ turn, customer: { chatId, sender } }: Scene, { text, title }: Readonly<{ text: string; title: string }>): Reply => {
    const lines = [['Клиент', personOf(sender, `чат ${chatId}`)]] as const;
    const notice = buildNotice({ title, lines, quote: turn.texts.join('\n'), footer: 'Ответьте клиенту сами.' });
    const reply = say(chatId, text);
    return {
      ...reply,
      outbox: [...reply.outbox.map((draft) => ({ ...draft, kind: 'apology' as const })), { chatId: managerChatId, kind: 'notice', text: notice }],
    };
  };

  // during an outage the group would read the same of every message, and bookings would wait behind it
  const passOnOnce = (scene: Scene, parts: Readonly<{ text: string; title: string }>): Reply =>
    PASSED_ON.includes(scene.lastAnswer) ? say(scene.customer.chatId, TEXTS.modelStillFailing) : passOn(scene, parts);

  return {
    /** The model could not be reached or said nothing. */
    modelFailed: (scene: Scene): Reply => {
      const done = describeDone(scene.steps.effects());
      const title = 'Бот не смог ответить клиенту';
      return done === '' ? passOnOnce(scene, { text: TEXTS.modelFailed, title }) : passOn(scene, { text: modelFailedAfter(done), title });
    },
    /** The model said twice what may not be said: what was done and what the list says is told instead. */
    answerRefused: (scene: Scene, toolResults: readonly unknown[]): Reply => {
      const known = [describeDone(scene.steps.effects()), describePrices(foundPrices(toolResults))].filter((part) => part !== '').join('\n\n');
      if (known !== '') return say(scene.customer.chatId, known);
      return passOnOnce(scene, { text: TEXTS.unsureAnswer, title: 'Бот не смог точно ответить клиенту' });
    },
  };
};
