import assert from 'node:assert/strict';
import { createTelegram } from '../../../app/telegram/client.ts';
import { readIncoming } from '../../../app/telegram/incoming.ts';
import { testConfig } from '../../support/config.ts';

const BOT = { id: 42, is_bot: true, first_name: 'Валера', username: 'valera_bot' } as const;
const GROUP = -1001000000001;
const MARINA = { id: 100003, is_bot: false, first_name: 'Марина' };
const ANONYMOUS = {
  from: { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' },
  sender_chat: { id: GROUP, type: 'supergroup' },
};

const read = (update: object) => {
  const { api } = createTelegram(testConfig().telegram);
  return readIncoming(Buffer.from(JSON.stringify({ update_id: 1, ...update })), { api, me: BOT as unknown as Parameters<typeof readIncoming>[1]['me'] });
};
const inGroup = (more: object, kind = 'message') =>
  read({ [kind]: { message_id: 7, date: 0, chat: { id: GROUP, type: 'supergroup', title: 'Заявки' }, from: MARINA, ...more } });
const inPrivate = (more: object, kind = 'message') =>
  read({ [kind]: { message_id: 7, date: 0, chat: { id: 5, type: 'private' }, from: { id: 5, is_bot: false, first_name: 'Анна' }, ...more } });
const ofBot = (id = 3) => ({ reply_to_message: { message_id: id, date: 0, chat: { id: GROUP, type: 'supergroup' }, from: BOT, text: 'Заявка' } });
const ofColleague = { reply_to_message: { message_id: 3, date: 0, chat: { id: GROUP, type: 'supergroup' }, from: { ...MARINA, id: 9 }, text: 'я отвечу' } };
const size = (id: string, width: number) => ({ file_id: id, file_unique_id: id, width, height: width });
const calling = (text: string, type = 'mention') => ({ text, entities: [{ type, offset: text.indexOf(type === 'mention' ? '@' : '/'), length: 11 }] });

describe('what the app reads of an update', () => {
  describe('a customer’s photo', () => {
    const photo = [size('small', 90), size('large', 1280), size('middle', 320)];
    const cases: [what: string, more: object, kind: string, expected: object][] = [
      ['by its largest size', { photo }, 'message', { caption: '', fileId: 'large', edited: false }],
      ['with its caption', { photo, caption: 'вмятина' }, 'message', { caption: 'вмятина' }],
      ['as a part of an album', { photo, media_group_id: 'a' }, 'message', { albumId: 'a' }],
      ['with an edited caption', { photo, caption: 'две' }, 'edited_message', { caption: 'две', edited: true }],
      ['whose caption looks like a command', { photo, caption: '/start', caption_entities: [{ type: 'bot_command', offset: 0, length: 6 }] }, 'message', {}],
    ];
    for (const [what, more, kind, expected] of cases) {
      it(what, () => {
        const incoming = inPrivate(more, kind);
        assert.deepEqual({ ...incoming, ...expected, kind: 'photo' }, incoming);
      });
    }
    it('a picture sent as a file is not one', () => {
      assert.equal(inPrivate({ document: { file_id: 'd', file_unique_id: 'd', mime_type: 'image/jpeg' } }).kind, 'unsupported');
    });
  });

  describe('the managers’ group', () => {
    const cases: [what: string, more: object, expected: object | 'ignored'][] = [
      ['small talk', { text: 'обед в час' }, 'ignored'],
      ['a reply to a colleague', { text: 'хорошо', ...ofColleague }, 'ignored'],
      ['somebody joined', { new_chat_members: [MARINA] }, 'ignored'],
      ['a reply to the bot', { text: ' Завтра в 10 ', ...ofBot(3) }, { kind: 'group', replyTo: 3, text: 'Завтра в 10', mentioned: false, command: undefined }],
      ['a photo in reply', { photo: [size('p', 90)], caption: 'вот', ...ofBot() }, { kind: 'group', photo: 'p', text: 'вот', otherMedia: false }],
      ['a voice in reply', { voice: { file_id: 'v', file_unique_id: 'v', duration: 1 }, ...ofBot() }, { kind: 'group', otherMedia: true, text: '' }],
      ['/ai in reply', { text: '/ai', ...ofBot() }, { command: 'ai' }],
      ['/ai with the bot’s name', { text: '/ai@Valera_Bot спасибо', ...ofBot() }, { command: 'ai' }],
      ['/ai of another bot', { text: '/ai@other_bot', ...ofBot() }, { command: 'unknown' }],
      ['a word that begins with /ai', { text: '/aikido', ...ofBot() }, { command: 'unknown' }],
      ['a call by name', calling('@valera_bot помоги'), { kind: 'group', mentioned: true, replyTo: undefined }],
      ['a call of somebody else', calling('@valerabots помоги'), 'ignored'],
      ['an administrator who writes anonymously', { ...ANONYMOUS, text: 'да', ...ofBot() }, { kind: 'group', text: 'да' }],
      ['another bot', { from: { ...ANONYMOUS.from, id: 77 }, text: 'да', ...ofBot() }, 'ignored'],
      ['somebody in the name of a channel', { ...ANONYMOUS, sender_chat: { id: -1009, type: 'channel' }, text: 'да', ...ofBot() }, 'ignored'],
    ];
    for (const [what, more, expected] of cases) {
      it(`${what} → ${expected === 'ignored' ? 'nothing' : 'read'}`, () => {
        const incoming = inGroup(more);
        if (expected === 'ignored') assert.equal(incoming.kind, 'ignored');
        else assert.deepEqual({ ...incoming, ...expected }, incoming);
      });
    }
    it('an edited reply is marked', () => assert.equal((inGroup({ text: 'x', ...ofBot() }, 'edited_message') as { edited?: boolean }).edited, true));
    it('a channel is none of it', () => {
      assert.equal(read({ message: { message_id: 1, date: 0, chat: { id: -1, type: 'channel' }, text: 'x' } }).kind, 'ignored');
    });
  });

  it('the bot’s own coming and going', () => {
    const change = (status: string) =>
      read({ my_chat_member: { chat: { id: GROUP, type: 'supergroup' }, from: MARINA, date: 0, new_chat_member: { status, user: BOT } } });
    assert.deepEqual(change('member'), { kind: 'membership', chatId: GROUP, present: true });
    assert.deepEqual(change('administrator'), { kind: 'membership', chatId: GROUP, present: true });
    assert.deepEqual(change('kicked'), { kind: 'membership', chatId: GROUP, present: false });
    assert.deepEqual(change('left'), { kind: 'membership', chatId: GROUP, present: false });
  });
});
