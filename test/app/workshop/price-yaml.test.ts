import assert from 'node:assert/strict';
import { parsePriceYaml } from '../../../app/workshop/price-yaml.ts';
import { describeProblem } from '../../../app/workshop/problems.ts';

const parse = (...lines: string[]): ReturnType<typeof parsePriceYaml> => parsePriceYaml({ file: 'prices.yaml', text: lines.join('\n') });
const problems = (...lines: string[]): string[] => {
  const parsed = parse(...lines);
  assert.ok(!parsed.ok, 'a broken list was accepted');
  return parsed.problems.map(describeProblem);
};
const inSection = (...services: string[]): string[] => ['sections:', '  - section: Салон', '    services:', ...services.map((service) => `      - ${service}`)];

describe('parsePriceYaml', () => {
  it('reads one price for all classes, prices per class, and what may be left out', () => {
    const parsed = parse(
      ...inSection(
        '{ id: seat, service: Химчистка сиденья, unit: сиденье, price: 1500 }',
        '{ id: full, service: Химчистка салона, unit: автомобиль, prices: [11000, null, 17000], from: true, keywords: [чистка, салон] }',
      ),
    );
    assert.deepEqual(parsed, {
      ok: true,
      value: [
        { id: 'seat', section: 'Салон', service: 'Химчистка сиденья', unit: 'сиденье', prices: { 1: 1500, 2: 1500, 3: 1500 }, from: false, keywords: [] },
        {
          id: 'full',
          section: 'Салон',
          service: 'Химчистка салона',
          unit: 'автомобиль',
          prices: { 1: 11000, 2: null, 3: 17000 },
          from: true,
          keywords: ['чистка', 'салон'],
        },
      ],
    });
  });

  it('reports the problems of all services together, with their lines', () => {
    const found = problems(
      ...inSection(
        '{ id: A!, service: Один, unit: шт, price: 1 }',
        '{ id: b, service: "", unit: шт, price: 1.5 }',
        '{ id: c, service: Три, unit: 3000, price: 1 }',
        '{ id: d, service: Четыре, unit: шт }',
        '{ id: e, service: Пять, unit: шт, price: 1, prices: [1, 2, 3] }',
        '{ id: f, service: Шесть, unit: шт, prices: [1, 2] }',
        '{ id: g, service: Семь, unit: шт, prices: [null, null, null] }',
        '{ id: h, service: Восемь, unit: "12", price: 1, from: yes, discount: 5 }',
      ),
    );
    const expected: readonly (readonly [number, RegExp])[] = [
      [4, /services\.0\.id: expected lower-case/],
      [5, /services\.1\.service: expected 1 to 120 characters/],
      [5, /services\.1\.price: expected whole roubles/],
      [6, /services\.2\.unit: expected 1 to 120 characters/],
      [7, /services\.3: expected either "price" or "prices"/],
      [8, /services\.4: expected either "price" or "prices"/],
      [9, /services\.5\.prices: expected three prices/],
      [10, /services\.6\.prices: expected a price for class 1, 2 or 3/],
      [11, /services\.7\.unit: expected what one price is for/],
      [11, /services\.7\.from: expected true or false/],
      [11, /services\.7: Unrecognized key: "discount"/],
    ];
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [line, pattern] of expected)
      assert.ok(
        found.some((problem) => problem.startsWith(`prices.yaml:${line}: `) && pattern.test(problem)),
        `${line} ${pattern}`,
      );
  });

  it('refuses doubled ids and services', () => {
    const found = problems(
      ...inSection(
        '{ id: a, service: Один, unit: шт, price: 1 }',
        '{ id: a, service: Два, unit: шт, price: 1 }',
        '{ id: c, service: ОДИН, unit: шт, price: 1 }',
      ),
    );
    assert.deepEqual(found, [
      'prices.yaml:5: sections.0.services.1: id "a" stands already at sections.0.services.0',
      'prices.yaml:6: sections.0.services.2: service "салон / один / шт" stands already at sections.0.services.0',
    ]);
  });

  for (const [what, text, expected] of [
    ['an empty file', '', /expected/],
    ['a list without sections', 'sections: []', /expected at least one section/],
    ['a section without services', 'sections:\n  - { section: Салон, services: [] }', /^prices\.yaml:2: .*expected at least one service/],
    ['a broken YAML', 'sections: [', /^prices\.yaml:1/],
    ['an alias', 'sections:\n  - &a { section: Салон, services: [] }\n  - *a', /aliases/],
  ] as const) {
    it(`refuses ${what}`, () => assert.match(problems(text)[0] ?? '', expected));
  }
});
