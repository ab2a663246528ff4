import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/process.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { EXAMPLE_DIR } from '../support/workshop.ts';

const workshop = async (...args: string[]): Promise<{ code: number | null; text: string }> => {
  const { child, ended, lines } = run(['scripts/workshop.ts', ...args], {});
  await ended;
  return { code: child.exitCode, text: lines.join('\n') };
};

describe('npm run workshop -- check', () => {
  it('tells what the bot understood and would quote', async () => {
    const { code, text } = await workshop('check', 'app/workshop/example');
    assert.equal(code, 0);
    for (const part of [
      'Пример-Авто, г. Примерск',
      'пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной',
      'Services: 44',
      'Покраска: 12 (элемент, автомобиль, участок)',
      '1 малый и средний класс: 39 models',
      '«Сколько стоит покраска бампера? Машина Лада.» → Lada, class 1\n    Покраска бампера, элемент — 14\u00A0000\u00A0₽',
      'Valid, nothing to advise.',
    ]) {
      assert.ok(text.includes(part), `${part}\nin\n${text}`);
    }
    assert.equal(text.match(/→/g)?.length, 3, 'three sample questions');
  });

  it('answers own questions, with prices by class when no car is named', async () => {
    const { text } = await workshop('check', 'app/workshop/detailing', '--ask', 'химчистка салона', '--ask', 'замена масла');
    assert.ok(text.includes('Комплексная химчистка салона, автомобиль — 1: от 11\u00A0000\u00A0₽, 2: от 13\u00A0000\u00A0₽, 3: от 17\u00A0000\u00A0₽'), text);
    assert.ok(text.includes('«замена масла» → no car of the list named, prices by class\n    not in the price list'), text);
  });

  it('lists every problem with file and line, and prints advice for what is valid', async () => {
    const { path: dir, remove } = await makeTempDir();
    await cp(EXAMPLE_DIR, dir, { recursive: true });
    const edit = async (file: string, from: string, to: string): Promise<void> =>
      writeFile(join(dir, file), (await readFile(join(dir, file), 'utf8')).replace(from, to));

    await edit('prices.csv', '14000,17000,21000', '24000,17000,21000');
    const advised = await workshop('check', dir);
    assert.equal(advised.code, 0);
    assert.ok(advised.text.includes("Better change:\n  workshop.yaml: name Пример-Авто is the example's"), advised.text);
    assert.ok(advised.text.includes("\n  workshop.yaml: managerChatId -1001000000001 is the example's"), advised.text);
    assert.ok(advised.text.includes('\n  paint-bumper: a higher class pays less'), advised.text);

    await edit('prices.csv', '24000,17000,21000', 'от 24000,17000,21000');
    await edit('cars.yaml', 'class: 2', 'class: 5');
    const refused = await workshop('check', dir);
    assert.equal(refused.code, 78);
    assert.match(refused.text, /^ {2}prices\.csv:2: class1 "от 24000": expected whole roubles/m);
    assert.match(refused.text, /^ {2}cars\.yaml:\d+: classes\.1\.class: expected class 1, 2 or 3/m);
    await remove();
  });

  it('explains itself', async () => {
    const { code, text } = await workshop('--help');
    assert.equal(code, 0);
    assert.match(text, /npm run workshop -- check DIR/);
  });

  for (const args of [[], ['check'], ['check', 'a', 'b'], ['look', 'a'], ['check', 'a', '--what']]) {
    it(`refuses the call «${args.join(' ')}»`, async () => {
      const { code, text } = await workshop(...args);
      assert.equal(code, 2);
      assert.match(text, /npm run workshop -- check DIR/);
    });
  }
});
