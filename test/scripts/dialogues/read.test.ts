import assert from 'node:assert/strict';
import { parseConversations } from '../../../scripts/dialogues/read.ts';

const line = (more: object = {}): string => JSON.stringify({ id: 'a', title: 'разговор', turns: [{ say: 'привет' }], ...more });

describe('dialogue set: reading', () => {
  it('reads lines, leaves out empty ones and comments', () => {
    const [conversation] = parseConversations('x.jsonl', `// ничего\n\n${line()}\n`);
    assert.deepEqual(conversation, {
      id: 'a',
      title: 'разговор',
      given: { bookings: [] },
      turns: [{ who: 'customer', say: 'привет', expect: {} }],
      then: {},
      sums: [],
      file: 'x',
    });
  });

  it('names every bad line with its file and number', () => {
    const text = [line(), '{', line({ turns: [] }), line({ turns: [{ say: 'а', voice: true }] }), line({ then: { booking: [] } })].join('\n');
    assert.throws(
      () => parseConversations('x.jsonl', text),
      ({ message }: Error) =>
        /x\.jsonl:2: not JSON/.test(message) && /x\.jsonl:3/.test(message) && /x\.jsonl:4: .*exactly one/s.test(message) && /x\.jsonl:5/.test(message),
    );
  });
});
