import assert from 'node:assert/strict';
import { describeDone } from '../../../app/booking/done.ts';

describe('what a turn has done, said to the customer', () => {
  const booked = { ok: true, did: 'booked', number: 1, wished: 'ср, 25 ноября, 10:00', services: [], repeated: false };
  const changed = { ok: true, did: 'changed', number: 1, wished: 'чт, 26 ноября, 15:00', services: [], changed: ['time'] };
  const cancelled = { ok: true, did: 'cancelled', number: 1, repeated: false };

  const cases: [what: string, effects: unknown[], said: string][] = [
    ['nothing', [], ''],
    ['a booking', [booked], 'Ваша заявка №1 принята на ср, 25 ноября, 10:00, менеджер перезвонит.'],
    ['a booking as release 0.1.0 stored it', [{ ok: true, number: 7, wished: null, repeated: false }], 'Ваша заявка №7 принята, менеджер перезвонит.'],
    ['a change', [changed], 'Ваша заявка №1 изменена, теперь на чт, 26 ноября, 15:00, менеджер перезвонит.'],
    ['a change that changed nothing', [{ ...changed, changed: [] }], ''],
    ['a cancellation', [cancelled], 'Ваша заявка №1 отменена.'],
    ['booked, then moved', [booked, changed], 'Ваша заявка №1 принята на чт, 26 ноября, 15:00, менеджер перезвонит.'],
    ['booked, then cancelled', [booked, cancelled], 'Ваша заявка №1 отменена.'],
    [
      'one cancelled, another booked',
      [cancelled, { ...booked, number: 2, wished: null }],
      'Ваша заявка №1 отменена. Ваша заявка №2 принята, менеджер перезвонит.',
    ],
    ['a refusal', [{ ok: false, reason: 'full', message: '' }], ''],
    ['a hand-over', [{ ok: true, did: 'handed_over', repeated: false, message: '' }], 'Менеджер подключится к разговору и ответит вам здесь же.'],
    ['no results at all', [null, 'text', 5, {}], ''],
  ];
  for (const [what, effects, said] of cases) it(what, () => assert.equal(describeDone(effects), said));
});
