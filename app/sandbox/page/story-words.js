import { duration, number } from './numbers.js';
import { askWords, resultWords } from './tool-words.js';

/** A step in words: `tone` is ok, warn, bad or plain; `detail` is the smaller second line. */
const said = (text) => (text ? `«${text}»` : '');

const UPDATES = {
  message: (text) => ['Пришло сообщение', said(text)],
  edited: (text) => ['Сообщение исправлено', said(text)],
  press: (text) => ['Нажата кнопка', text],
  member: (text) => [text === 'kicked' ? 'Бот заблокирован' : 'Бот разблокирован', ''],
};

const update = ({ what, text, heard }) => {
  const [words, detail] = UPDATES[what](text);
  return heard ? { tone: 'plain', text: words, detail } : { tone: 'plain', text: `${words}; бот о таких не просил`, detail };
};

const WEBHOOKS = {
  delivered: ({ ms, status, attempt }) => ({
    tone: 'ok',
    text: `Бот принял за ${duration(ms ?? 0)} (${status})`,
    detail: attempt > 1 ? `с попытки ${attempt}` : '',
  }),
  taken: () => ({ tone: 'ok', text: 'Бот забрал сообщение сам (getUpdates)', detail: 'С вебхуком видно больше: так следа нет.' }),
  expired: ({ error }) => ({ tone: 'bad', text: 'Бот так и не принял: Telegram больше не пробует', detail: error ?? '' }),
  failed: ({ status, attempt, error }) => ({
    tone: 'warn',
    text: status === null ? 'Бот недоступен, Telegram попробует ещё' : `Бот отказал (${status}), Telegram попробует ещё`,
    detail: [attempt > 1 && `попытка ${attempt}`, error].filter(Boolean).join(' · '),
  }),
};

const PURPOSES = { answer: 'Модель', repair: 'Модель исправляет ответ', summary: 'Модель сжимает старую переписку' };

const MODEL_FAULTS = {
  stall_before_first_byte: 'молчит',
  stall_mid_stream: 'замолчала посреди ответа',
  cut_mid_stream: 'оборвала связь посреди ответа',
  garbage: 'ответила мусором',
  flood: 'просит подождать (429)',
  server_error: 'ответила ошибкой',
  unknown_tool: 'просит инструмент, которого нет',
  wrong_arguments: 'перепутала аргументы',
  invented_price: 'выдумала цену',
  slow: 'отвечала дольше обычного',
};
/** Faults under which nothing usable was said. */
const WORDLESS = new Set(['stall_before_first_byte', 'stall_mid_stream', 'cut_mid_stream', 'garbage', 'flood', 'server_error']);

const broken = ({ how, ms, fault }) => {
  const cause = fault ? MODEL_FAULTS[fault] : 'не договорила';
  return how === 'left' ? `${cause}, бот перестал ждать через ${duration(ms ?? 0)}` : cause;
};

const modelOutcome = (step) => {
  const { how, ms, status, fault } = step;
  if (how === 'running') return { tone: 'plain', text: fault ? MODEL_FAULTS[fault] : 'думает…' };
  if (how !== 'answered') return { tone: 'bad', text: broken(step) };
  if (fault)
    return { tone: WORDLESS.has(fault) ? 'bad' : 'warn', text: `${MODEL_FAULTS[fault]}${fault === 'server_error' ? ` (${status})` : ''}, ${duration(ms)}` };
  if (status !== 200) return { tone: 'bad', text: `отказала (${status}), ${duration(ms)}` };
  return { tone: 'ok', text: `ответила за ${duration(ms)}` };
};

const isSpoken = ({ how, status, fault }) => how === 'answered' && status === 200 && !WORDLESS.has(fault);

const tokensOf = ({ tokens }) => tokens && `${number(tokens.prompt)} + ${number(tokens.completion)} токенов`;

const model = (step) => {
  const { tone, text } = modelOutcome(step);
  const asks = step.fault === 'unknown_tool' ? step.tools.map(({ name }) => name).join('; ') : step.tools.map(askWords).join('; ');
  const notes = [step.attempt > 1 && `попытка ${step.attempt}`, tokensOf(step), step.by === 'order' && 'без следа: отнесено по порядку'];
  return {
    tone,
    text: `${PURPOSES[step.purpose]}${step.purpose === 'answer' ? '' : ':'} ${text}${asks ? `, ${asks}` : ''}`,
    detail: asks ? '' : said(step.text),
    notes: notes.filter(Boolean).join(' · '),
  };
};

const tool = (step) => ({
  tone: step.result?.ok === false ? 'warn' : 'plain',
  text: resultWords(step),
  detail: '',
  notes: step.ms === null ? '' : `около ${duration(step.ms)}`,
});

const SENT = {
  sendMessage: 'Отправлено',
  sendPhoto: 'Отправлено фото',
  sendMediaGroup: 'Отправлен альбом',
  editMessageText: 'Исправлено сообщение',
};

const inside = ({ notice, chatName }) => (notice ? `в группе «${chatName}»` : `в чате «${chatName}»`);
const where = ({ notice, chatName }) => (notice ? `в группу «${chatName}»` : `в чат «${chatName}»`);

const lost = ({ applied, how }) => {
  const cause = how === 'silence' ? 'Telegram промолчал' : how === 'cut' ? 'связь оборвалась' : 'ответ не дошёл';
  return applied ? { tone: 'warn', text: `${cause}, хотя сообщение в чате` } : { tone: 'bad', text: `${cause}, сообщения в чате нет` };
};

const sendOutcome = (step) => {
  const { status, applied, told, retryAfter, description } = step;
  if (status === 200) return told === false ? lost({ ...step, how: 'answer' }) : undefined;
  if (status === null) return lost(step);
  if (status === 429) return { tone: 'warn', text: `Telegram просит подождать ${duration((retryAfter ?? 0) * 1000)} (429)` };
  const detail = applied ? 'сообщение всё же в чате' : (description ?? '');
  return { tone: status >= 500 ? 'warn' : 'bad', text: `Telegram отказал (${status})`, detail };
};

const send = (step) => {
  const { method, ms, attempt, text } = step;
  const took = ms === null ? '' : ` за ${duration(ms)}`;
  const notes = [attempt > 1 && method !== 'sendChatAction' && `попытка ${attempt}`, method].filter(Boolean).join(' · ');
  if (method === 'sendChatAction' && (step.status === 200 || step.applied)) return { tone: 'plain', text: `Показано «печатает…» ${inside(step)}` };
  const failed = sendOutcome(step);
  if (failed) return { tone: failed.tone, text: `${where(step)}: ${failed.text}`.replace(/^в/, 'В'), detail: failed.detail ?? said(text), notes };
  return { tone: 'ok', text: `${SENT[method] ?? method} ${where(step)}${took}`, detail: said(text), notes };
};

const joined = () => ({ tone: 'plain', text: 'Отвечено вместе со следующим сообщением', detail: 'Написанное подряд бот читает как одно.' });

const WORDS = { update, webhook: (step) => WEBHOOKS[step.how](step), model, tool, send, joined };

export const stepWords = (step) => ({ detail: '', notes: '', ...WORDS[step.kind](step) });

const isAnswer = (step) => step.kind === 'send' && step.method !== 'sendChatAction';

/** Each message once, as its last try left it. A group may have got another number between two tries. */
const lastTries = (sends) => [...new Map(sends.map((step) => [`${step.method} ${step.notice ? 'group' : step.chatId} ${step.text}`, step])).values()];

const REFUSED_FOR_GOOD = new Set([400, 403]);

/** What is wrong with a message as its last try left it; undefined when it is there and the bot knows. */
const trouble = ({ status, applied, told, notice }) => {
  const whose = notice ? 'до группы' : 'до клиента';
  if (status === 200 && told !== false) return undefined;
  if (applied) return { tone: 'warn', text: 'дошло, но бот этого не знает и повторит' };
  if (REFUSED_FOR_GOOD.has(status)) return { tone: 'bad', text: `${whose} не дошло: Telegram отказал (${status})` };
  if (status === 429) return { tone: 'warn', text: `${whose} ещё не дошло: Telegram просит подождать` };
  return { tone: 'bad', text: `${whose} не дошло, бот повторит` };
};

/** Words that the bot hands to the model; commands and voice messages it answers itself. */
const isForModel = ({ kind, what, text }) => kind === 'update' && what === 'message' && !text.startsWith('/') && text !== '[голосовое]';

/** What the customer (or the group) has got in the end. */
const answered = ({ steps, startedAt, chatId }, answer, seesModel) => {
  const after = `за ${duration(answer.at + (answer.ms ?? 0) - startedAt)}`;
  const asked = steps.findLast(({ kind, purpose }) => kind === 'model' && purpose !== 'summary');
  if (answer.notice && chatId > 0) return { tone: 'plain', text: `передано в группу ${after}` };
  if (asked && !isSpoken(asked)) return { tone: 'warn', text: `модель не ответила, бот сказал сам ${after}` };
  if (asked) return { tone: steps.some((step) => stepWords(step).tone === 'bad') ? 'warn' : 'ok', text: `ответ ${after}` };
  if (!seesModel || chatId < 0) return { tone: 'ok', text: `ответ ${after}` };
  if (steps.some(isForModel)) return { tone: 'warn', text: `бот модель не спрашивал, сказал сам ${after}` };
  return { tone: 'ok', text: `ответ без модели ${after}` };
};

const DELIVERED = {
  failed: { tone: 'bad', text: 'бот недоступен' },
  expired: { tone: 'bad', text: 'не доставлено' },
  delivered: { tone: 'plain', text: 'бот принял' },
  taken: { tone: 'plain', text: 'бот принял' },
};

const unfinished = (last) => {
  if (last?.kind === 'joined') return { tone: 'ok', text: 'отвечено вместе' };
  if (last?.kind === 'webhook') return DELIVERED[last.how];
  if (last?.kind === 'model' && !isSpoken(last)) return { tone: 'bad', text: 'модель не ответила' };
  if (last?.kind === 'update') return { tone: 'plain', text: last.heard ? 'ждёт отправки' : 'бот не слушает' };
  return { tone: 'plain', text: 'бот работает' };
};

const isHeavier = (one, other) => one?.tone === 'bad' && other?.tone !== 'bad';

/**
 * How far it got, in a few words, for the closed story. What counts is the story's own chat: a notice in the group helps no customer who got
 * nothing. `seesModel`: the model's calls pass through here, so none in the story means that none was made.
 */
export const storyOutcome = (story, { seesModel }) => {
  const { steps, chatId } = story;
  if (steps.findLast(({ kind }) => kind === 'model')?.how === 'running') return { tone: 'plain', text: 'модель думает…' };
  const tries = lastTries(steps.filter(isAnswer));
  const own = tries.filter((step) => step.chatId === chatId);
  const others = tries.filter((step) => step.chatId !== chatId);
  const troubles = [...own, ...others].map(trouble).filter(Boolean);
  if (troubles.length > 0) return troubles.reduce((worst, next) => (isHeavier(next, worst) ? next : worst));
  const answer = own.findLast(({ meanwhile }) => !meanwhile) ?? others.at(-1);
  return answer ? answered(story, answer, seesModel) : unfinished(steps.findLast(({ kind }) => kind !== 'tool'));
};
