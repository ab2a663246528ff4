import assert from 'node:assert/strict';
import { decideBatch, type OpenUpdate } from '../../../app/lanes/batch.ts';
import type { Incoming } from '../../../app/telegram/incoming.ts';

const TIMES = { albumQuietMs: 1_500, albumMaxMs: 10_000 };
const sender = { userId: 1, name: 'А', username: undefined, languageCode: undefined };
const text = (albumId?: string): Incoming => ({ kind: 'text', chatId: 1, messageId: 1, sender, text: 'x', edited: false, albumId });
const photo = (albumId?: string): Incoming => ({ kind: 'unsupported', chatId: 1, messageId: 1, sender, what: 'photo', albumId });
const chatter: Incoming = { kind: 'ignored', reason: 'not addressed to the bot' };
const command: Incoming = { kind: 'command', chatId: 1, messageId: 1, sender, name: 'start', text: '/start' };

const updates = (...parts: [incoming: Incoming, ageMs?: number][]): OpenUpdate[] =>
  parts.map(([incoming, ageMs = 100], index) => ({ seq: index + 1, incoming, ageMs }));
const seqs = (open: OpenUpdate[]): number[] | number => {
  const decision = decideBatch(open, TIMES);
  return decision.kind === 'wait' ? decision.waitMs : decision.updates.map((update) => update.seq);
};

describe('what a turn answers together', () => {
  it('a single message starts at once', () => assert.deepEqual(seqs(updates([text(), 0])), [1]));
  it('all that is open', () => assert.deepEqual(seqs(updates([text()], [photo()], [text()])), [1, 2, 3]));
  it('up to a command', () => assert.deepEqual(seqs(updates([text()], [text()], [command], [text()])), [1, 2]));
  it('a command alone', () => assert.deepEqual(seqs(updates([command], [text()])), [1]));
  it('an album waits until it has been quiet', () => assert.equal(seqs(updates([photo('a'), 3_000], [photo('a'), 400])), 1_100));
  it('a quiet album is taken', () => assert.deepEqual(seqs(updates([photo('a'), 3_000], [photo('a'), 1_500])), [1, 2]));
  it('an album waits ten seconds at most from its first part', () => {
    assert.equal(seqs(updates([photo('a'), 9_500], [photo('a'), 100])), 500);
    assert.deepEqual(seqs(updates([photo('a'), 10_000], [photo('a'), 100])), [1, 2]);
  });
  it('a text after an album ends the wait', () => assert.deepEqual(seqs(updates([photo('a'), 300], [text(), 0])), [1, 2]));
  it('a command after an album ends the wait', () => assert.deepEqual(seqs(updates([photo('a'), 300], [command, 0])), [1]));
  it('what nobody wrote to the bot does not end it: a group goes on talking while an album arrives', () => {
    assert.equal(seqs(updates([photo('a'), 700], [chatter, 0])), 800);
    assert.equal(seqs(updates([photo('a'), 700], [photo('a'), 300], [chatter, 200], [chatter, 0])), 1_200);
    assert.deepEqual(seqs(updates([chatter, 900], [chatter, 0])), [1, 2]);
  });
  it('the caption of an album waits like its photos', () => assert.equal(seqs(updates([text('a'), 500])), 1_000));
});
