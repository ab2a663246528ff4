import assert from 'node:assert/strict';
import { decideRegistration } from '../../../app/telegram/registration.ts';

describe('whether setWebhook is called', () => {
  const url = 'https://bot.example.com/telegram/webhook';
  const info = {
    url,
    has_custom_certificate: false,
    pending_update_count: 0,
    allowed_updates: ['my_chat_member', 'message', 'edited_message', 'callback_query'] as const,
  };
  const wanted = { url, secretHash: 'a' };
  type Info = Parameters<typeof decideRegistration>[0];
  const cases: [what: string, change: Partial<Info>, register: boolean][] = [
    ['everything as wanted, in any order', {}, false],
    ['no webhook', { url: '' }, true],
    ['another address', { url: 'https://old.example.com/' }, true],
    ['fewer kinds of updates', { allowed_updates: ['message'] }, true],
    ['Telegram’s default kinds', { allowed_updates: undefined } as unknown as Partial<Info>, true],
    ['an error of another kind', { last_error_message: 'Connection timed out' }, false],
  ];
  for (const [what, change, register] of cases) {
    it(`${what}: ${register ? 'yes' : 'no'}`, () => assert.equal(decideRegistration({ ...info, ...change } as Info, wanted, wanted).register, register));
  }

  it('never registered by us: yes', () => assert.equal(decideRegistration(info as unknown as Info, wanted, undefined).register, true));
  it('another secret than the registered one, which Telegram does not tell: yes', () => {
    assert.equal(decideRegistration(info as unknown as Info, wanted, { url, secretHash: 'b' }).register, true);
  });
});
