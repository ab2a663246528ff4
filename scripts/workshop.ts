import { realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spellingsOf } from '../app/workshop/car-class.ts';
import { describeHours } from '../app/workshop/hours.ts';
import { loadWorkshop } from '../app/workshop/load.ts';
import { classifyCar, findPrices, formatRoubles, type PriceMatch } from '../app/workshop/quote.ts';
import { reviewWorkshop } from '../app/workshop/review.ts';
import { CAR_CLASSES, type CarClass, type Workshop } from '../app/workshop/types.ts';
import { isAppError, messageOf } from '../app/kit/errors.ts';

const EXAMPLES = ['example', 'detailing'].map((name) => fileURLToPath(new URL(`../app/workshop/${name}`, import.meta.url)));

const HELP = `npm run workshop -- check DIR [--ask QUESTION]...

Reads a workshop's content folder as the bot does at its start and tells what it understood, or every problem as "file:line: what is expected".
  --ask QUESTION   what a customer writes; the price rows the bot would find (default: three questions made from the list)
  --help           this text

Exit codes: 0 the content can be used (advice may be printed), 2 wrong usage, 78 the content must be changed.
Guide: docs/workshop.md. Examples: app/workshop/example, app/workshop/detailing.`;

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

const sections = ({ prices }: Workshop): string[] =>
  unique(prices.map(({ section }) => section)).map((section) => {
    const rows = prices.filter((row) => row.section === section);
    return `${section}: ${rows.length} (${unique(rows.map(({ unit }) => unit)).join(', ')})`;
  });

const amountFor = ({ from, price, prices }: PriceMatch): string => {
  const start = from ? 'от ' : '';
  if (price !== null) return `${start}${formatRoubles(price)}`;
  return CAR_CLASSES.map((carClass) => `${carClass}: ${prices[carClass] === null ? '—' : `${start}${formatRoubles(prices[carClass])}`}`).join(', ');
};

const answerTo = (workshop: Workshop, question: string): string[] => {
  const car = classifyCar(workshop, question);
  const matches = findPrices(workshop, { service: question, carClass: car?.class });
  const heading = `«${question}» → ${car === null ? 'no car of the list named, prices by class' : `${car.model}, class ${car.class}`}`;
  if (matches.length === 0) return [heading, '  not in the price list: the bot names no price and offers a manager'];
  return [heading, ...matches.map((match) => `  ${match.service}, ${match.unit} — ${amountFor(match)}`)];
};

const carOf = ({ carClasses }: Workshop, carClass: CarClass): string => {
  const [model = ''] = carClasses.find(({ class: given }) => given === carClass)?.models ?? [];
  const names = spellingsOf(model);
  return names.find((name) => /^\p{Script=Cyrillic}/u.test(name)) ?? names[0] ?? '';
};

/** One question per car class, each from another part of the list. */
const sampleQuestions = (workshop: Workshop): string[] =>
  CAR_CLASSES.map((carClass, at) => {
    const row = workshop.prices[Math.floor((at * (workshop.prices.length - 1)) / 2)];
    const service = (row?.service ?? '').replace(/^\p{L}(?!\p{Lu})/u, (letter) => letter.toLowerCase());
    return `Сколько стоит ${service}? Машина ${carOf(workshop, carClass)}.`;
  });

const describe = (workshop: Workshop, questions: readonly string[]): string => {
  const { name, address, phone, timezone, capacityPerHour, managerChatId, prices, carClasses } = workshop;
  return [
    `${name}, ${address}, ${phone}`,
    `Hours: ${describeHours(workshop)} (${timezone}), ${capacityPerHour} an hour`,
    `Manager group: ${managerChatId}`,
    `Services: ${prices.length}`,
    indent(sections(workshop)),
    'Car classes:',
    indent(carClasses.map(({ class: carClass, title, models }) => `${carClass} ${title}: ${models.length} models`)),
    'A customer would be told, from these rows:',
    indent(questions.flatMap((question) => answerTo(workshop, question))),
  ].join('\n');
};

/** What is checked may be an example itself: that one is not compared with. */
const readExamples = async (dir: string): Promise<readonly Workshop[]> => {
  const checked = await realpath(dir);
  return Promise.all(EXAMPLES.filter((example) => example !== checked).map((example) => loadWorkshop(example)));
};

const check = async (dir: string, questions: readonly string[]): Promise<void> => {
  const workshop = await loadWorkshop(dir);
  console.log(describe(workshop, questions.length > 0 ? questions : sampleQuestions(workshop)));
  const advice = reviewWorkshop(workshop, await readExamples(dir));
  console.log(advice.length === 0 ? 'Valid, nothing to advise.' : `Valid. Better change:\n${indent(advice)}`);
};

class UsageError extends Error {}

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { ask: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
};

const main = async (): Promise<void> => {
  const { values, positionals } = readArguments();
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [command, dir, ...more] = positionals;
  if (command !== 'check' || dir === undefined || more.length > 0) throw new UsageError('expected: check DIR');
  await check(dir, values.ask);
};

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError) && !isAppError(error)) throw error;
  console.error(isAppError(error) ? error.message : `${error.message}\n\n${HELP}`);
  process.exitCode = isAppError(error) ? error.exitCode : 2;
}
