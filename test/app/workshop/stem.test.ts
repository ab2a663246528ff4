import assert from 'node:assert/strict';
import { stemRussian } from '../../../app/workshop/stem.ts';
import { isLooseTypoOf, isTypoOf, wordsOf } from '../../../app/workshop/words.ts';

describe('stemRussian', () => {
  for (const forms of [
    'покраска покраски покраске покраску покраской покрасок',
    'крыло крыла крылу крылом крыле крылья крыльев',
    'бампер бампера бамперу бампером бампере бамперы бамперов',
    'дверь двери дверью дверей дверям',
    'полировка полировки полировку полировкой',
    'ручка ручки ручку ручек ручками',
    'стойка стойки стоек стойку',
    'вмятина вмятины вмятину вмятин вмятиной',
    'передний передняя переднее переднего переднюю передних',
    'веста весты весту весте вестой',
    'солярис соляриса солярисе солярисом',
  ]) {
    it(`gives one stem to ${forms}`, () => {
      assert.equal(new Set(forms.split(' ').map(stemRussian)).size, 1);
    });
  }

  it('keeps different things apart', () => {
    const things = ['крыло', 'крыша', 'крышка', 'капот', 'порог', 'фара', 'хром', 'днище', 'дверь', 'арка'];
    assert.equal(new Set(things.map(stemRussian)).size, things.length);
  });

  it('leaves short words and other alphabets whole', () => {
    assert.deepEqual(['рио', 'camry', 'х5', '', '2019'].map(stemRussian), ['рио', 'camry', 'х5', '', '2019']);
  });
});

describe('wordsOf', () => {
  it('separates letters, digits and hyphens, in lower case with «ё» as «е»', () => {
    assert.deepEqual(wordsOf('Решётка, CX-5 и mazda3!'), ['решетка', 'cx', '5', 'и', 'mazda', '3']);
  });
});

describe('isTypoOf', () => {
  it('forgives one wrong, missing, doubled or swapped letter', () => {
    for (const typed of ['бампир', 'бапер', 'баммпер', 'бапмер']) assert.ok(isTypoOf(typed, 'бампер'), typed);
  });

  it('does not forgive two slips, another first letter, or the word itself', () => {
    for (const typed of ['бомпир', 'кампер', 'бампер', 'бмр']) assert.ok(!isTypoOf(typed, 'бампер'), typed);
  });

  it('never takes a roof for a wing', () => {
    assert.ok(!isLooseTypoOf('крыш', 'крыл'));
    assert.ok(!isLooseTypoOf('крышк', 'крыл'));
    assert.ok(isLooseTypoOf('крл', 'крыл'));
    assert.ok(isLooseTypoOf('двре', 'двер'));
  });
});
