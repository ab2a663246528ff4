import type { ModelAnswer } from './port.ts';

/** Money per million tokens, in whatever currency the operator thinks in; 0 where it is not known. */
export type Prices = Readonly<{ input: number; output: number }>;

/** Cost of a call in millionths of that currency: a price per million tokens is millionths per token. Rounded up, so that calls never look free. */
export const costMicro = ({ inputTokens, outputTokens }: ModelAnswer['usage'], { input, output }: Prices): number =>
  Math.ceil(Number((inputTokens * input + outputTokens * output).toFixed(6)));
