/** Faults worth a switch on the page: what it is called, and what to expect in the chat. `set` is the fault as the script API takes it. */
export const FAULTS = [
  {
    group: 'telegram',
    title: 'Telegram',
    switches: [
      {
        set: { fault: 'flood', retry_after: 20 },
        title: 'Telegram просит подождать 20 секунд',
        hint: 'Ответ придёт на 20 секунд позже — и только один раз. «Всегда» — не раньше, чем почините.',
      },
      {
        set: { fault: 'server_error', status: 502 },
        title: 'Telegram отвечает ошибкой 502',
        hint: 'Бот не знает, дошло ли, и повторит через 5 секунд. В чате сообщение будет одно.',
      },
      {
        set: { fault: 'cut_after' },
        title: 'Ответ теряется, хотя сообщение дошло',
        hint: 'Бот не узнает, что сообщение в чате, и через 5 секунд повторит его: лучше дважды, чем ни разу.',
      },
      {
        set: { fault: 'cut_before' },
        title: 'Связь рвётся до отправки',
        hint: 'Бот не знает, дошло ли, и повторит через 5 секунд. В чате сообщение будет одно.',
      },
      {
        set: { fault: 'time_out', applied: false },
        title: 'Telegram молчит',
        hint: 'Бот подождёт 10 секунд, потом ещё 5 и отправит снова: ответ придёт секунд через 15.',
      },
      {
        set: { fault: 'blocked' },
        title: 'Telegram говорит: бот заблокирован',
        hint: 'Ответ не придёт. Заявка в группу не пропадёт: бот будет пробовать снова раз в час.',
      },
      {
        set: { fault: 'migrate_group' },
        title: 'Группа менеджеров переезжает',
        hint: 'Telegram сменит её номер: следующая заявка придёт в новый чат, он встанет на место старого. Так и останется до npm start -- --reset.',
      },
    ],
  },
  {
    group: 'model',
    title: 'Модель',
    switches: [
      {
        set: { fault: 'stall_before_first_byte' },
        title: 'Модель молчит',
        hint: 'Через 12 секунд бот спросит ещё раз. «Всегда» — через 22 секунды извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'stall_mid_stream' },
        title: 'Модель замолкает посреди ответа',
        hint: 'Половина ответа клиенту не уйдёт: через 8 секунд бот спросит заново. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'cut_mid_stream' },
        title: 'Связь с моделью рвётся посреди ответа',
        hint: 'То же самое, только бот заметит это сразу. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'garbage' },
        title: 'Модель отвечает мусором',
        hint: 'Мусор клиент не увидит: бот спросит заново. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'flood', retry_after: 20 },
        title: 'Модель просит подождать 20 секунд',
        hint: 'Бот не ждёт: извинится, позовёт менеджера и 20 секунд модель не спрашивает.',
      },
      {
        set: { fault: 'server_error', status: 500 },
        title: 'Модель отвечает ошибкой 500',
        hint: 'Бот спросит ещё раз. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'unknown_tool' },
        title: 'Модель просит инструмент, которого нет',
        hint: 'Бот ответит модели, что такого нет, и она попробует иначе. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'wrong_arguments' },
        title: 'Модель путает аргументы',
        hint: 'Бот объяснит модели ошибку, и она спросит правильно. «Всегда» — извинится и позовёт менеджера.',
      },
      {
        set: { fault: 'invented_price' },
        title: 'Модель выдумывает цену',
        hint: 'Цены нет в прайсе, и клиент её не увидит: бот попросит модель исправиться. «Всегда» — скажет, что не хочет отвечать неточно, и позовёт менеджера.',
      },
      { set: { fault: 'slow', delay_ms: 3000 }, title: 'Модель думает лишние 3 секунды', hint: 'В чате дольше видно «печатает…».' },
    ],
  },
];

/** What the sandbox fills in when a fault does not say it. */
const DEFAULTS = { probability: undefined, method: undefined, chat_id: undefined, telegram_json: false };
const SERVER_ERROR = { applied: false };

const COUNTERS = new Set(['left', 'hits', 'count']);

/** Whether an armed fault is the one of this switch, and not a more particular one that a script set. */
export const isOf = ({ set }, armed) => {
  const wanted = { ...DEFAULTS, ...(set.fault === 'server_error' ? SERVER_ERROR : {}), ...set };
  return Object.entries({ ...wanted, ...armed }).every(
    ([name]) => COUNTERS.has(name) || armed[name] === wanted[name] || (armed[name] === undefined && wanted[name] === false),
  );
};
