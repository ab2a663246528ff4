import { h } from './dom.js';
import { icon } from './icons.js';
import { summaryOf } from './message.js';

const LINE_LIMIT_PX = 140;
const CAPTION_LIMIT = 1024;
const ALBUM = 3;

const grow = (input) => {
  input.style.height = '';
  if (input.scrollHeight > 44) input.style.height = `${Math.min(LINE_LIMIT_PX, input.scrollHeight + 2)}px`;
};

const captioned = (message, text) => (text.trim() === '' ? message : { ...message, caption: text.slice(0, CAPTION_LIMIT) });

const ATTACHMENTS = [
  { name: 'photo', title: 'Отправить фото', build: (text) => captioned({ photo: true }, text) },
  { name: 'album', title: `Отправить альбом из ${ALBUM} фото`, build: (text) => captioned({ photos: ALBUM }, text) },
  { name: 'voice', title: 'Отправить голосовое', build: () => ({ voice: true }), keepsText: true },
];

/** The quotation above the field; `read` gives what the next message answers. */
const createQuote = (chatId) => {
  const words = h('p', { class: 'quote-words' });
  const cancel = h(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': 'Не отвечать на это сообщение', 'data-testid': `cancel-reply-${chatId}` },
    icon('close'),
  );
  const bar = h('div', { class: 'quote', hidden: true, 'data-testid': `quote-${chatId}` }, icon('reply'), words, cancel);
  let answered;
  const set = (message) => {
    answered = message;
    bar.hidden = !message;
    words.textContent = message ? summaryOf(message) : '';
  };
  cancel.addEventListener('click', () => set(undefined));
  return { bar, cancel, set, read: () => answered };
};

/**
 * Chips, attachments, text field and button of one chat. Enter sends, Shift+Enter makes a new line, Escape drops a quotation;
 * a text that could not be sent stays in the field.
 */
export const createComposer = ({ chatId, whose, suggestions, disabled, onSend }) => {
  const input = h('textarea', {
    rows: '1',
    placeholder: 'Сообщение',
    'aria-label': `Сообщение от имени: ${whose}`,
    'data-testid': `input-${chatId}`,
    disabled,
  });
  const button = h(
    'button',
    { type: 'submit', class: 'send', 'aria-label': `Отправить от имени: ${whose}`, 'data-testid': `send-${chatId}`, disabled },
    icon('send'),
  );
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true, 'data-testid': `failure-${chatId}` });
  const closed = h('p', { class: 'closed', hidden: true, 'data-testid': `closed-${chatId}` });
  const quote = createQuote(chatId);
  quote.cancel.addEventListener('click', () => input.focus());

  const send = async (message) => {
    const answered = quote.read();
    failure.hidden = true;
    quote.set(undefined);
    try {
      await onSend(answered ? { ...message, reply_to_message_id: answered.message_id } : message);
      return true;
    } catch (error) {
      failure.textContent = `Не отправлено: ${error instanceof Error ? error.message : 'нет связи'}`;
      failure.hidden = false;
      quote.set(answered);
      return false;
    }
  };

  /** Takes the text out of the field, and puts it back when it was not sent and nothing else has been written. */
  const submit = async (build) => {
    const text = input.value;
    input.value = '';
    grow(input);
    if (!(await send(build(text))) && input.value === '') input.value = text;
    grow(input);
  };
  const submitText = () => {
    if (input.value.trim() !== '') void submit((text) => ({ text }));
  };

  const attachments = ATTACHMENTS.map(({ name, title, build, keepsText }) => {
    const attach = h('button', { type: 'button', class: 'quiet', 'aria-label': title, title, 'data-testid': `${name}-${chatId}`, disabled }, icon(name));
    attach.addEventListener('click', () => void (keepsText ? send(build()) : submit(build)));
    return attach;
  });
  const form = h('form', { class: 'composer' }, h('div', { class: 'attach', role: 'group', 'aria-label': 'Вложения' }, ...attachments), input, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submitText();
  });
  input.addEventListener('input', () => grow(input));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && quote.read()) {
      event.stopPropagation(); // one Escape closes one thing
      quote.set(undefined);
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submitText();
  });

  const chips = suggestions.map((text, index) => {
    const chip = h('button', { type: 'button', class: 'chip', 'data-testid': `chip-${chatId}-${index}`, disabled }, text);
    chip.addEventListener('click', () => void send({ text }).then(() => input.focus()));
    return chip;
  });
  const row = chips.length > 0 && h('div', { class: 'chips', role: 'group', 'aria-label': 'Готовые сообщения' }, ...chips);

  return {
    elements: [row, quote.bar, form, closed, failure].filter(Boolean),
    replyTo: (message) => {
      quote.set(message);
      input.focus();
    },
    showChips: (wanted) => {
      if (row) row.hidden = !wanted;
    },
    /** Why nothing can be written now; undefined when it can. */
    setClosed: (reason) => {
      closed.hidden = reason === undefined;
      closed.textContent = reason ?? '';
      for (const control of [input, button, ...attachments, ...chips]) control.disabled = disabled || reason !== undefined;
    },
  };
};
