import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../kit/errors.ts';
import { sha256Hex } from '../kit/ids.ts';
import { parseCars } from './cars.ts';
import { parsePriceList } from './price-list.ts';
import { parsePriceYaml } from './price-yaml.ts';
import { describeProblem, failed, type Parsed, type Problem } from './problems.ts';
import { parseSettings } from './settings.ts';
import type { PriceRow, Workshop } from './types.ts';

/** The files of a workshop's content folder. All are needed: a bot never speaks with another workshop's data. prices.yaml may stand instead of prices.csv. */
export const WORKSHOP_FILES = { settings: 'workshop.yaml', cars: 'cars.yaml', prices: 'prices.csv', prompt: 'prompt.md', welcome: 'welcome.md' } as const;

const PRICES_YAML = 'prices.yaml';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_PROMPT_CHARACTERS = 20_000;
const MAX_WELCOME_CHARACTERS = 600;

const readText = async (dir: string, file: string): Promise<Parsed<string>> => {
  try {
    const bytes = await readFile(join(dir, file));
    if (bytes.length > MAX_FILE_BYTES) return failed([{ file, expected: `expected at most ${MAX_FILE_BYTES} bytes` }]);
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    // a spreadsheet's Windows-1251 would turn every service into question marks
    const expected = error instanceof TypeError ? 'expected UTF-8 text' : 'expected a readable file';
    return failed([{ file, expected }]);
  }
};

const then = <A, B>(parsed: Parsed<A>, next: (value: A) => Parsed<B>): Parsed<B> => (parsed.ok ? next(parsed.value) : parsed);

type PriceFile = Readonly<{ file: string; text: string }>;

/** Exactly one price list: of two, nobody could say which one the bot quotes. */
const readPriceFile = async (dir: string): Promise<Parsed<PriceFile>> => {
  const present = (await readdir(dir).catch((): string[] => [])).filter((file) => file === WORKSHOP_FILES.prices || file === PRICES_YAML);
  const [file] = present;
  if (file === undefined) return failed([{ file: WORKSHOP_FILES.prices, expected: `expected a readable file (or ${PRICES_YAML} in its place)` }]);
  if (present.length > 1) return failed([{ file: PRICES_YAML, expected: `expected either ${WORKSHOP_FILES.prices} or ${PRICES_YAML}, found both` }]);
  return then(await readText(dir, file), (text): Parsed<PriceFile> => ({ ok: true, value: { file, text } }));
};

const parsePrices = (source: PriceFile): Parsed<readonly PriceRow[]> => (source.file === PRICES_YAML ? parsePriceYaml(source) : parsePriceList(source));

const parseProse = (file: string, text: string, max: number): Parsed<string> => {
  const prose = text.trim();
  if (prose === '') return failed([{ file, line: 1, expected: 'expected a text, not an empty one' }]);
  const characters = Array.from(prose).length;
  return characters > max ? failed([{ file, line: 1, expected: `expected at most ${max} characters, found ${characters}` }]) : { ok: true, value: prose };
};

const problemsOf = (parsed: Parsed<unknown>): readonly Problem[] => (parsed.ok ? [] : parsed.problems);

const freezeDeeply = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach((part: unknown) => freezeDeeply(part));
    Object.freeze(value);
  }
  return value;
};

const invalid = (dir: string, problems: readonly Problem[]): AppError =>
  new AppError(
    'WORKSHOP_INVALID',
    [`The workshop content in ${dir} cannot be used:`, ...problems.map((problem) => `  ${describeProblem(problem)}`)].join('\n'),
  );

/**
 * Reads and checks a workshop's content folder (WORKSHOP_FILES) and returns it deeply frozen.
 * @throws AppError WORKSHOP_INVALID that lists every problem as "file:line: what is expected".
 */
export const loadWorkshop = async (dir: string): Promise<Workshop> => {
  const files = WORKSHOP_FILES;
  const [settingsText, carsText, priceFile, promptText, welcomeText] = await Promise.all([
    readText(dir, files.settings),
    readText(dir, files.cars),
    readPriceFile(dir),
    readText(dir, files.prompt),
    readText(dir, files.welcome),
  ]);
  const settings = then(settingsText, (text) => parseSettings({ file: files.settings, text }));
  const cars = then(carsText, (text) => parseCars({ file: files.cars, text }));
  const prices = then(priceFile, parsePrices);
  const prompt = then(promptText, (text) => parseProse(files.prompt, text, MAX_PROMPT_CHARACTERS));
  const welcome = then(welcomeText, (text) => parseProse(files.welcome, text, MAX_WELCOME_CHARACTERS));

  if (!settings.ok || !cars.ok || !prices.ok || !prompt.ok || !welcome.ok) throw invalid(dir, [settings, cars, prices, prompt, welcome].flatMap(problemsOf));
  const pricesText = then(priceFile, ({ text }): Parsed<string> => ({ ok: true, value: text }));
  const texts = [settingsText, carsText, pricesText, promptText, welcomeText].map((text) => (text.ok ? text.value : ''));
  return freezeDeeply({
    ...settings.value,
    carClasses: cars.value,
    prices: prices.value,
    prompt: prompt.value,
    welcome: welcome.value,
    contentHash: sha256Hex(JSON.stringify(texts)),
  });
};
