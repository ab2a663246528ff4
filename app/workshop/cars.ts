import { z } from 'zod';
import { spellingsOf } from './car-class.ts';
import { failed, type Parsed, type Problem } from './problems.ts';
import { CAR_CLASSES, type CarClassModels } from './types.ts';
import { carStemsOf } from './words.ts';
import { parseYaml } from './yaml-file.ts';

const CLASS_EXPECTED = 'expected class 1, 2 or 3';
const carClass = z.union([z.literal(1), z.literal(2), z.literal(3)], CLASS_EXPECTED);

const carsSchema = z
  .strictObject({
    classes: z.array(
      z.strictObject({
        class: carClass,
        title: z.string('expected a title').trim().min(1, 'expected a title').max(80),
        models: z.array(z.string('expected "Name / Spelling / Spelling"').trim().min(1, 'expected a model')).min(1, 'expected at least one model'),
      }),
      'expected the list of car classes',
    ),
  })
  .refine(({ classes }) => CAR_CLASSES.every((wanted) => classes.filter(({ class: given }) => given === wanted).length === 1), {
    message: 'expected each of the classes 1, 2 and 3 exactly once',
    path: ['classes'],
  });

const lineOf = (text: string, model: string): number | undefined => {
  const at = text.split('\n').findLastIndex((line) => line.includes(model));
  return at < 0 ? undefined : at + 1;
};

type Owned = Readonly<{ model: string; spelling: string; key: string }>;

const ownedSpellings = (classes: readonly CarClassModels[]): Owned[] =>
  classes.flatMap(({ models }) => models.flatMap((model) => spellingsOf(model).map((spelling) => ({ model, spelling, key: carStemsOf(spelling).join(' ') }))));

/** The same spelling under two models would make the class a matter of the list's order. */
const ambiguous = ({ file, text }: { file: string; text: string }, classes: readonly CarClassModels[]): Problem[] => {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { model, spelling, key } of ownedSpellings(classes)) {
    const owner = owners.get(key) ?? model;
    owners.set(key, owner);
    if (key === '') problems.push({ file, line: lineOf(text, model), expected: `${model}: expected no empty spelling` });
    else if (owner !== model) problems.push({ file, line: lineOf(text, model), expected: `"${spelling}" is already a spelling of "${owner}"` });
  }
  return problems;
};

/** cars.yaml: which models pay the prices of which class, and how customers spell them. */
export const parseCars = (source: { file: string; text: string }): Parsed<readonly CarClassModels[]> => {
  const parsed = parseYaml(source, carsSchema);
  if (!parsed.ok) return parsed;
  const problems = ambiguous(source, parsed.value.classes);
  return problems.length > 0 ? failed(problems) : { ok: true, value: parsed.value.classes };
};
