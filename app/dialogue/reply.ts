import type { Reply } from '../lanes/turn.ts';
import type { Steps } from '../lanes/steps.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Sender } from '../telegram/incoming.ts';
import { renderMarkdown } from '../telegram/markdown.ts';
import { splitRichText } from '../telegram/split.ts';

/** Who is answered; `at` = when the last message of the turn came. */
export type Customer = Readonly<{ chatId: number; sender: Sender; at: Date }>;

export type TurnContext = Readonly<{ steps: Steps; signal: AbortSignal }>;

export const SILENT: Reply = { outcome: 'silent', outbox: [], events: [] };

const answerTo = (chatId: number, markdown: string): OutboxDraft[] => splitRichText(renderMarkdown(markdown)).map((text) => ({ chatId, kind: 'answer', text }));

/** An answer in Markdown to the customer's chat, as many messages as it takes. */
export const say = (chatId: number, text: string): Reply => ({ outcome: 'answered', assistantText: text, outbox: answerTo(chatId, text), events: [] });
