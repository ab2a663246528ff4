import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../app/kit/errors.ts';
import { loadWorkshop, WORKSHOP_FILES } from '../../../app/workshop/load.ts';
import { EXAMPLE_DIR, exampleWorkshop } from '../../support/workshop.ts';

type Edits = Readonly<Partial<Record<string, (text: string) => string | Buffer>>>;

describe('loadWorkshop', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'workshop-'));
    await cp(EXAMPLE_DIR, dir, { recursive: true });
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  const edit = async (edits: Edits): Promise<void> => {
    for (const [file, change] of Object.entries(edits)) {
      if (change) await writeFile(join(dir, file), change(await readFile(join(dir, file), 'utf8')));
    }
  };

  /** The problems of the message, one a line, without the folder. */
  const problems = async (edits: Edits): Promise<string[]> => {
    await edit(edits);
    const error: unknown = await loadWorkshop(dir).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof AppError, 'a broken folder was accepted');
    assert.equal(error.code, 'WORKSHOP_INVALID');
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  };

  it('reads the example: complete, believable and frozen', async () => {
    const workshop = await exampleWorkshop();
    assert.equal(workshop.name, 'Пример-Авто');
    assert.equal(workshop.managerChatId, -1001000000001);
    assert.equal(workshop.timezone, 'Europe/Moscow');
    assert.deepEqual(workshop.hours.mon, { open: '09:00', close: '20:00' });
    assert.equal(workshop.hours.sun, null);
    assert.ok(workshop.prices.length >= 35);
    for (const { id, prices } of workshop.prices) assert.ok((prices[1] ?? 0) <= (prices[2] ?? 0) && (prices[2] ?? 0) <= (prices[3] ?? 0), id);
    assert.ok(Array.from(workshop.welcome).length <= 600);
    assert.match(workshop.prompt, /find_prices/);
    assert.throws(() => Object.assign(workshop.prices[0] ?? {}, { service: 'x' }), TypeError);
    assert.throws(() => Object.assign(workshop.hours, { sun: null }), TypeError);
  });

  it('changes the content hash with any file, and only then', async () => {
    const first = await loadWorkshop(dir);
    assert.equal((await loadWorkshop(dir)).contentHash, first.contentHash);
    const hashes = new Set([first.contentHash]);
    for (const file of Object.values(WORKSHOP_FILES)) {
      await edit({ [file]: (text) => text.replace('о', 'o') });
      hashes.add((await loadWorkshop(dir)).contentHash);
    }
    assert.equal(hashes.size, 1 + Object.keys(WORKSHOP_FILES).length);
  });

  it('refuses a folder without content', async () => {
    await rm(dir, { recursive: true });
    await assert.rejects(
      loadWorkshop(dir),
      (error) => error instanceof AppError && Object.values(WORKSHOP_FILES).every((file) => error.message.includes(`${file}: expected a readable file`)),
    );
    await cp(EXAMPLE_DIR, dir, { recursive: true });
  });

  it('reports the problems of all files together, with their lines', async () => {
    const found = await problems({
      'workshop.yaml': (text) =>
        text
          .replace('Europe/Moscow', 'Moscow')
          .replace('capacityPerHour: 2', 'capacityPerHour: 0\ncolour: red')
          .replace('sat: 09:00-18:00', 'sat: 18:00-09:00'),
      'cars.yaml': (text) => text.replace('- class: 2', '- class: 4'),
      'prices.csv': (text) => text.replace('14000,17000,21000', '-14000,17000.5,21000'),
      'prompt.md': () => '  \n',
      'welcome.md': () => 'я'.repeat(601),
    });
    const lineOf = async (file: string, part: string): Promise<number> =>
      (await readFile(join(dir, file), 'utf8')).split('\n').findIndex((line) => line.includes(part)) + 1;
    assert.deepEqual(found, [
      `workshop.yaml:${await lineOf('workshop.yaml', 'timezone')}: timezone: expected an IANA time zone such as "Europe/Moscow"`,
      `workshop.yaml:${await lineOf('workshop.yaml', 'sat:')}: hours.sat: expected a closing time after the opening time`,
      `workshop.yaml:${await lineOf('workshop.yaml', 'capacityPerHour')}: capacityPerHour: expected at least 1 car an hour`,
      `workshop.yaml:${await lineOf('workshop.yaml', 'name:')}: the file: Unrecognized key: "colour"`,
      `cars.yaml:${await lineOf('cars.yaml', 'class: 4')}: classes.1.class: expected class 1, 2 or 3`,
      'prices.csv:2: class1 "-14000": expected whole roubles from 1 to 10000000, or nothing',
      'prices.csv:2: class2 "17000.5": expected whole roubles from 1 to 10000000, or nothing',
      'prompt.md:1: expected a text, not an empty one',
      'welcome.md:1: expected at most 600 characters, found 601',
    ]);
  });

  it('names the line of a YAML syntax error and of a missing value', async () => {
    const [syntax] = await problems({ 'workshop.yaml': (text) => text.replace('address:', 'name:') });
    assert.match(syntax ?? '', /^workshop\.yaml:\d+: Map keys must be unique/);
  });

  for (const [what, from, to, expected] of [
    ['a missing value', /^phone:.*$/m, '', 'phone: expected a text'],
    ['a phone without a country', '+7 (495)', '8 (495)', 'phone: expected a phone such as'],
    ['a chat id that is a text', '-1001000000001', '"@group"', 'managerChatId: expected the numeric id'],
    ['a week without an open day', /09:00-\d\d:00/g, 'closed', 'hours: expected at least one open day'],
    ['a day that cannot be read', 'sun: closed', 'sun: never', 'hours.sun: expected "09:00-20:00" or "closed"'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const [first] = await problems({ 'workshop.yaml': (text) => text.replace(from, to) });
      assert.ok(first?.includes(expected), first);
    });
  }

  it('refuses a class that is missing or stands twice', async () => {
    const [doubled] = await problems({ 'cars.yaml': (text) => text.replace('class: 3', 'class: 2') });
    assert.match(doubled ?? '', /classes 1, 2 and 3 exactly once/);
  });

  it('refuses a spelling that stands under two models, inflected or not', async () => {
    const found = await problems({ 'cars.yaml': (text) => text.replace('Toyota Camry /', 'Toyota Camry / Весты /') });
    assert.match(found.join(), /^cars\.yaml:\d+: "Весты" is already a spelling of "Lada Vesta \/ .*"$/);
  });

  it('reads prices.yaml in the place of prices.csv, and refuses both together', async () => {
    const yaml = 'sections:\n  - section: Пайка\n    services:\n      - { id: solder, service: Пайка бампера, unit: шов, price: 2500 }\n';
    await writeFile(join(dir, 'prices.yaml'), yaml);
    assert.deepEqual(await problems({}), ['prices.yaml: expected either prices.csv or prices.yaml, found both']);
    await rm(join(dir, 'prices.csv'));
    const workshop = await loadWorkshop(dir);
    assert.deepEqual(
      workshop.prices.map(({ id }) => id),
      ['solder'],
    );
    await edit({ 'prices.yaml': (text) => text.replace('2500', '2600') });
    assert.notEqual((await loadWorkshop(dir)).contentHash, workshop.contentHash);
    assert.deepEqual(await problems({ 'prices.yaml': (text) => text.replace('2600', '0') }), [
      'prices.yaml:4: sections.0.services.0.price: expected whole roubles from 1 to 10000000',
    ]);
  });

  it('refuses text that is not UTF-8', async () => {
    const found = await problems({ 'prices.csv': () => Buffer.from([0xcf, 0xee, 0xea, 0xf0]) });
    assert.deepEqual(found, ['prices.csv: expected UTF-8 text']);
  });
});
