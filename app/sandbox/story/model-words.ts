const KEPT = 200;
/** No message is split into smaller parts: a short sentence that happens to stand in an answer is the bot's own. */
const LEAST_PART = 200;
/** The app shows placeholders to the model and puts the real phone or name into what it sends (app/llm/mask.ts). */
const PLACEHOLDER = /<(?:phone|name):\d+>/;

type Said = Readonly<{ chatId: number; text: string }>;

/** Letters and digits alone: Markdown becomes entities on the way, and spaces may differ. */
const plain = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, '');

const standsIn = (text: string, pieces: readonly string[]): boolean => {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
};

/** What the scripted model said lately, to tell a message with its words from a sentence of the bot's own. */
export const createModelWords = () => {
  let answers: readonly Readonly<{ chatId: number; pieces: readonly string[] }>[] = [];
  return {
    remember: ({ chatId, text }: Said): void => {
      const pieces = text
        .split(PLACEHOLDER)
        .map(plain)
        .filter((piece) => piece !== '');
      if (pieces.length > 0) answers = [...answers.slice(1 - KEPT), { chatId, pieces }];
    },
    /** Whether an answer to this chat stands in the text, or the text is a part of one that was too long for one message. */
    isIn: ({ chatId, text }: Said): boolean => {
      const words = plain(text);
      const isPart = (piece: string): boolean => words.length >= LEAST_PART && piece.includes(words);
      return answers.some((answer) => answer.chatId === chatId && (standsIn(words, answer.pieces) || answer.pieces.some(isPart)));
    },
  };
};

export type ModelWords = ReturnType<typeof createModelWords>;
