import assert from 'node:assert/strict';
import type { NoticeFact, ToolFact } from '../../../scripts/dialogues/facts.ts';
import { judgeNotices } from '../../../scripts/dialogues/judge.ts';
import { contains, forbiddenIn, missingIn } from '../../../scripts/dialogues/match.ts';

const notice = (text: string, more: Partial<NoticeFact> = {}): NoticeFact => ({ kind: 'notice', text, state: 'sent', messageId: 1, photos: 0, ...more });
const turn = (...effects: readonly object[]): ToolFact => ({ turnId: 't', tools: [], effects });
const booked = turn({ ok: true, did: 'booked', number: 7, repeated: false });
const judged = (turns: readonly ToolFact[], notices: readonly NoticeFact[]): string[] => judgeNotices(turns, notices).map(({ text }) => text);

describe('dialogue set: notices', () => {
  it('one for each effect is right, whatever else the group reads', () => {
    const changed = turn({ ok: true, did: 'changed', number: 7, changed: ['time'] }, { ok: true, did: 'handed_over', repeated: false });
    const notices = [
      notice('Заявка №7\n…'),
      notice('Заявка №7 изменена\n…'),
      notice('Клиенту нужен менеджер\n…'),
      notice('Клиент пишет\n…'),
      notice('Фото к заявке №7', { photos: 2 }),
    ];
    assert.deepEqual(judged([booked, changed], notices), []);
  });

  it('nothing was done, nothing is told: refusals, repeats, changes to what it was already', () => {
    const idle = turn({ ok: false, reason: 'closed' }, { ok: true, number: 7, repeated: true }, { ok: true, did: 'changed', number: 7, changed: [] });
    assert.deepEqual(judged([idle], []), []);
    assert.deepEqual(judged([idle], [notice('Заявка №7')]), ['booking №7: 0 effects, 1 notices']);
  });

  it('too few, too many, unsent', () => {
    assert.deepEqual(judged([booked], []), ['booking №7: 1 effects, 0 notices']);
    assert.deepEqual(judged([booked], [notice('Заявка №7'), notice('Заявка №7')]), ['booking №7: 1 effects, 2 notices']);
    assert.deepEqual(judged([booked], [notice('Заявка №7', { state: 'held' })]), ['a notice is held: Заявка №7']);
    assert.deepEqual(judged([turn({ ok: true, did: 'handed_over', repeated: false })], []), ['1 hand-overs, 0 notices of one']);
  });
});

describe('dialogue set: texts', () => {
  it('are contained in any case and with any kind of space, or match between slashes', () => {
    assert.ok(contains('Покраска — 14\u00a0000\u00a0₽', '14 000 ₽'));
    assert.ok(contains('ЗАЯВКА №12', '/заявка №\\d+$/'));
    assert.ok(!contains('заявка №', '/заявка №\\d+/'));
    assert.deepEqual(missingIn('один два', ['один', ['три', 'ДВА'], 'четыре']), ['lacks четыре']);
    assert.deepEqual(forbiddenIn('один два', ['три', '/д.а/']), ['holds /д.а/, which it must not']);
  });
});
