import assert from 'node:assert/strict';
import { REFUSALS } from './telegram-facts.ts';

const TOKEN = process.env['TELEGRAM_CONTRACT_TOKEN'] ?? '';
const BASE = 'https://api.telegram.org';

type Body = Readonly<{ ok: boolean; result?: unknown; error_code?: number; description?: string; parameters?: unknown }>;

const call = async (method: string, { token = TOKEN, args = {} }: { token?: string; args?: object } = {}): Promise<{ status: number; body: Body }> => {
  const response = await fetch(`${BASE}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, body: (await response.json()) as Body };
};

/** Only asks, and only what changes nothing and reaches nobody: the token may be of a bot that works. */
const asksTelegram = (): void => {
  it('getMe and getWebhookInfo have the fields the sandbox gives', async () => {
    const me = (await call('getMe')).body.result as Record<string, unknown>;
    for (const field of ['id', 'is_bot', 'first_name', 'username', 'can_join_groups', 'can_read_all_group_messages', 'supports_inline_queries'])
      assert.ok(field in me, field);
    const info = (await call('getWebhookInfo')).body.result as Record<string, unknown>;
    for (const field of ['url', 'has_custom_certificate', 'pending_update_count']) assert.ok(field in info, field);
  });

  for (const { name, token, method, args, code, description } of REFUSALS.filter(({ harmless }) => harmless)) {
    it(`${code} for ${name}`, async () => {
      const answer = await call(method, { args, ...(token === 'own' ? {} : { token }) });
      assert.deepEqual([answer.status, answer.body.error_code, answer.body.description], [code, code, description]);
    });
  }
};

describe('contract: the real Telegram', () => {
  if (TOKEN === '') it.skip('never met the real Telegram: TELEGRAM_CONTRACT_TOKEN is not set');
  else asksTelegram();
});
