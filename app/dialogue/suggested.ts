import { z } from 'zod';
import type { StoredStep } from '../lanes/steps.ts';
import type { ModelAnswer } from '../llm/port.ts';
import { findAmounts } from '../workshop/amounts.ts';
import type { Workshop } from '../workshop/types.ts';
import { createVocabulary, isSide, type Term } from '../workshop/vocabulary.ts';
import { stemsOf } from '../workshop/words.ts';

/** A service whose price was named to the customer. */
export type Suggested = Readonly<{
  /** Its name in the price list. */
  service: string;
  /** Whole roubles for the customer's class of car; null: the class is not known, a range was named. */
  price: number | null;
  from: boolean;
  carClass: number | null;
  /**
   * Which part of what the price list was asked for is in this row: of the meaningful words of the request (car names and sides left out),
   * the share that its section, name or keywords hold. 1 = every word; null = the request is not known any more.
   */
  confidence: number | null;
}>;

const LOOK_UP = z.object({
  car: z.object({ class: z.number() }).nullable(),
  matches: z.array(z.object({ service: z.string(), from: z.boolean(), price: z.number().nullable(), prices: z.record(z.string(), z.number().nullable()) })),
});
const REQUEST = z.object({ service: z.string() });

type LookUp = Readonly<{ asked: string | undefined; found: z.infer<typeof LOOK_UP> }>;
type Candidate = Omit<Suggested, 'confidence'> & Readonly<{ asked: string | undefined; values: readonly number[] }>;

// the tool's result does not repeat its arguments; the model's answer that called it has them
const askedIn = (steps: readonly StoredStep[], { step_no, call_index }: StoredStep): string | undefined => {
  const answer = steps.find((step) => step.kind === 'model' && step.step_no === step_no && step.call_index === 0)?.result as ModelAnswer | undefined;
  try {
    return REQUEST.safeParse(JSON.parse(answer?.toolCalls[call_index - 1]?.argumentsJson ?? 'null')).data?.service;
  } catch {
    return undefined;
  }
};

const lookUpsOf = (steps: readonly StoredStep[]): LookUp[] =>
  steps.flatMap((step) => {
    const parsed = step.kind === 'tool' ? LOOK_UP.safeParse(step.result) : undefined;
    return parsed?.success ? [{ asked: askedIn(steps, step), found: parsed.data }] : [];
  });

const candidatesOf = ({ asked, found }: LookUp, named: ReadonlySet<number>): Candidate[] =>
  found.matches.map(({ service, from, price, prices }) => {
    const sums = price === null ? Object.values(prices) : [price];
    return { service, from, price, carClass: found.car?.class ?? null, asked, values: sums.filter((value) => value !== null && named.has(value)) as number[] };
  });

const withoutParentheses = (text: string): string => text.replace(/\([^)]*\)/g, ' ');

/** Finds which services of the price list an answer has offered, with their prices. Pure; what it builds from the list costs some milliseconds once. */
export const createFindSuggested = (workshop: Workshop) => {
  const vocabulary = createVocabulary({
    services: workshop.prices.flatMap((row) => [row.section, row.service, ...row.keywords]),
    cars: workshop.carClasses.flatMap(({ models }) => models),
  });
  const meant = (text: string): Term[] => [...new Set(vocabulary.read(text))].filter((term) => !isSide(term));

  const confidenceOf = (asked: string | undefined, service: string): number | null => {
    const row = workshop.prices.find((candidate) => candidate.service === service);
    if (asked === undefined || !row) return null;
    const said = meant(asked);
    const held = new Set(meant([row.section, row.service, ...row.keywords].join(' ')));
    return said.length === 0 ? 0 : Math.round((said.filter((term) => held.has(term)).length / said.length) * 100) / 100;
  };

  // Many rows cost the same: of those with a price that stands in the answer, the ones it names; if it names none, the best match.
  const chosen = (standing: readonly Candidate[], answer: string): readonly Candidate[] => {
    const stems = new Set(stemsOf(answer));
    const isNamed = ({ service }: Candidate): boolean => stemsOf(withoutParentheses(service)).every((stem) => stems.has(stem));
    return standing.filter((mine, index) => {
      const rivals = standing.filter((other) => other.service !== mine.service && other.values.some((value) => mine.values.includes(value)));
      return isNamed(mine) || !rivals.some((other) => isNamed(other) || standing.indexOf(other) < index);
    });
  };

  return (steps: readonly StoredStep[], answer: string): readonly Suggested[] => {
    const named = new Set(findAmounts(answer).flatMap(({ values }) => values));
    const standing = lookUpsOf(steps)
      .flatMap((lookUp) => candidatesOf(lookUp, named))
      .filter(({ values }) => values.length > 0);
    const services = new Map<string, Suggested>();
    for (const { service, price, from, carClass, asked } of chosen(standing, answer)) {
      services.set(service, { service, price, from, carClass, confidence: confidenceOf(asked, service) });
    }
    return [...services.values()];
  };
};
