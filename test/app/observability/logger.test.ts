import assert from 'node:assert/strict';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { AppError } from '../../../app/kit/errors.ts';
import type { Logger } from '../../../app/kit/logger.ts';
import { createLogger } from '../../../app/observability/logger.ts';
import { withSpan } from '../../../app/observability/tracing.ts';

const EXACT = 'a-secret-like-no-other';
const open = (level: 'debug' | 'info' | 'warn' | 'error' = 'debug'): { logger: Logger; lines: string[]; last: () => Record<string, unknown> } => {
  const lines: string[] = [];
  const logger = createLogger({ level, base: { version: '1.2.3' }, secrets: [EXACT], destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
};

const TOKEN = '123456789:AAE-abcdefghijklmnopqrstuvwxyz_01234';
/** What must not be readable in a log: how it is written, and the part that would give it away. */
const PLANTED: readonly (readonly [text: string, core: string])[] = [
  [TOKEN, 'abcdefghijklmnopqrst'],
  [`https://api.telegram.org/bot${TOKEN}/sendMessage`, 'abcdefghijklmnopqrst'],
  [`https://api.telegram.org/file/bot${encodeURIComponent(TOKEN)}/photo.jpg`, 'abcdefghijklmnopqrst'],
  ['sk-proj-Zx81pQ0aLmN77', 'Zx81pQ0aLmN77'],
  ['Authorization: Bearer eyJhbGciOi.JIUzI1NiJ9', 'eyJhbGciOi'],
  ['X-Telegram-Bot-Api-Secret-Token: hook_secret_55', 'hook_secret_55'],
  ['"password":"hunter2secret"', 'hunter2secret'],
  ['connect postgresql://valera:p4ssw0rd@db:5432/valera', 'p4ssw0rd'],
  ['postgresql://valera:p@4ss/w0rd@db/valera', '4ss/w0rd'],
  ['https://host/x?api_key=q1w2e3r4&a=1', 'q1w2e3r4'],
  ['TELEGRAM_WEBHOOK_SECRET=hook_secret_55', 'hook_secret_55'],
  [EXACT, EXACT],
  ['+7 (916) 123-45-67', '123-45-67'],
  ['89161234567', '9161234567'],
  ['8 916 123 45 67', '123 45 67'],
  ['7-916-123-45-67', '123-45-67'],
  ['916 123-45-67', '123-45-67'],
  ['+49 151 23456789', '23456789'],
  ['+375 29 123-45-67', '123-45-67'],
  ['4111 1111 1111 1111', '1111 1111'],
  ['2200-7007-1234-5676', '7007-1234'],
  ['5555555555554444', '5555555555554444'],
];

/** Every way by which a text can get into a line. */
const PATHS: Readonly<Record<string, (logger: Logger, text: string) => void>> = {
  message: (logger, text) => logger.info({}, text),
  field: (logger, text) => logger.warn({ note: text }, 'x'),
  'nested field': (logger, text) => logger.warn({ a: { b: [{ c: text }] } }, 'x'),
  'name of a field': (logger, text) => logger.warn({ [text]: 1 }, 'x'),
  'field with a secret name': (logger, text) => logger.warn({ accessToken: text, api_key: { inner: text } }, 'x'),
  'error message and stack': (logger, text) => logger.error({ err: new Error(text) }, 'x'),
  'cause of an error': (logger, text) => logger.error({ err: new AppError('TELEGRAM_UNAVAILABLE', 'x', { cause: new TypeError(text) }) }, 'x'),
  'aggregate error': (logger, text) => logger.error({ err: new AggregateError([new Error(text)], 'x') }, 'x'),
  'child field': (logger, text) => logger.child({ lane: text }).info({}, 'x'),
  'child of a child': (logger, text) =>
    logger
      .child({ a: 1 })
      .child({ b: { c: text } })
      .info({}, 'x'),
  map: (logger, text) => logger.info({ m: new Map([[text, text]]) }, 'x'),
  set: (logger, text) => logger.info({ s: new Set([text]) }, 'x'),
  buffer: (logger, text) => logger.info({ body: Buffer.from(text) }, 'x'),
  'object with toJSON': (logger, text) => logger.info({ o: { toJSON: () => text } }, 'x'),
  'thrown text': (logger, text) => logger.error({ err: text }, 'x'),
};

describe('observability/logger: nothing secret leaves', () => {
  for (const [name, write] of Object.entries(PATHS)) {
    it(`through a ${name}`, () => {
      const surroundings = fc.tuple(fc.constantFrom('', 'клиент: ', '\n', '(', '«', 'tel:', '= '), fc.constantFrom('', ' ', ')', '\n', '.', '»', ', потом'));
      fc.assert(
        fc.property(fc.constantFrom(...PLANTED), surroundings, ([text, core], [before, after]) => {
          const { logger, lines } = open();
          write(logger, `${before}${text}${after}`);
          assert.equal(lines.length, 1);
          assert.doesNotMatch(lines.join(''), new RegExp(core.replace(/[^A-Za-z0-9]/g, '\\$&')), `${before}${text}${after} → ${lines.join('')}`);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('as a number', () => {
    const { logger, last } = open();
    logger.info({ phone: 79161234567, card: 4111111111111111n, chat: -1001000000001, at: 1764000000000, update_id: 912345678 }, 'x');
    assert.deepEqual([last()['phone'], last()['card']], ['[phone]', '[card]']);
    assert.deepEqual([last()['chat'], last()['at'], last()['update_id']], [-1001000000001, 1764000000000, 912345678]);
  });

  it('but a secret of fewer than six characters does not blank every word it is part of', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'debug', secrets: ['turn', 'a', '', 'sixsix'], destination: { write: (line: string) => void lines.push(line) } });
    logger.info({ note: 'a turn returned, not sixsix' }, 'turn started');
    const { note, msg } = JSON.parse(lines.join('')) as Record<string, unknown>;
    assert.deepEqual([note, msg], ['a turn returned, not [redacted]', 'turn started']);
  });

  it('while legitimate text is unharmed', () => {
    const { logger, last } = open();
    const texts = [
      'Покраска бампера 14 000 ₽, итого 128500',
      '2026-11-24T12:30:00.000Z',
      'turn 123456789:100001:42 claimed, fence 7',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '00-4bf92f8916123456789269d0e0e47360-00f067aa0ba902b7-01',
      'b0f7c1de-8123-4567-8901-23456789abcd',
      'http://127.0.0.1:8080/telegram/webhook',
      'TELEGRAM_BOT_TOKEN: expected a bot token',
      'order 1234567890123456',
    ];
    for (const text of texts) {
      logger.info({ text }, text);
      assert.deepEqual([last()['text'], last()['msg']], [text, text]);
    }
  });
});

describe('observability/logger: a line', () => {
  it('is one JSON object with level, time, base and own fields', () => {
    const { logger, lines, last } = open();
    logger.child({ request_id: 'r1' }).warn({ update_id: 5, tokens: 120, none: null, gone: undefined }, 'first\nsecond');
    assert.equal(lines[0]?.split('\n').length, 2);
    const { time, ...rest } = last();
    assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
    assert.deepEqual(rest, { level: 'warn', version: '1.2.3', request_id: 'r1', update_id: 5, tokens: 120, none: null, msg: 'first\nsecond' });
  });

  it('shows an error with code and cause', () => {
    const { logger, last } = open();
    logger.error({ err: new AppError('DATABASE_UNAVAILABLE', 'away', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }) }, 'x');
    const err = last()['err'] as Record<string, unknown>;
    assert.deepEqual([err['type'], err['code'], err['message']], ['AppError', 'DATABASE_UNAVAILABLE', 'away']);
    assert.match(String(err['stack']), /logger\.test\.ts/);
    const cause = err['cause'] as Record<string, unknown>;
    assert.deepEqual([cause['type'], cause['code'], cause['message']], ['Error', 'ECONNREFUSED', 'refused']);
  });

  it('is not written below the level', () => {
    const { logger, lines } = open('warn');
    logger.info({}, 'x');
    logger.child({ a: 1 }).debug({}, 'x');
    assert.equal(lines.length, 0);
  });

  it('survives circles, depth, size and getters that throw', () => {
    const { logger, lines } = open();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    logger.info({ circle }, 'x');
    let deep: unknown = 'end';
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    logger.info({ deep }, 'x');
    logger.info({ long: 'a'.repeat(1_000_000), many: Array.from({ length: 10_000 }, () => 1) }, 'x');
    logger.info(
      {
        get broken(): string {
          throw new Error('no');
        },
      },
      'x',
    );
    assert.equal(lines.length, 4);
    for (const line of lines) assert.ok(line.length < 20_000);
    for (const line of lines.slice(0, 2)) assert.match(line, /\[deep\]/);
    assert.match(lines[2] ?? '', /\(1000000 characters\)/);
  });

  it('carries the trace id of the active span', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    try {
      const { logger, last } = open();
      await withSpan({ name: 'turn', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }, async () => logger.info({}, 'x'));
      assert.equal(last()['trace_id'], '4bf92f3577b34da6a3ce929d0e0e4736');
      logger.info({}, 'x');
      assert.equal(last()['trace_id'], undefined);
    } finally {
      trace.disable();
      context.disable();
    }
  });
});
