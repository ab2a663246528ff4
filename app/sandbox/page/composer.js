import { h } from './dom.js';

const LINE_LIMIT_PX = 140;

const grow = (input) => {
  input.style.height = '42px';
  if (input.scrollHeight > 44) input.style.height = `${Math.min(LINE_LIMIT_PX, input.scrollHeight + 2)}px`;
};

/** Chips, text field and button of one chat. Enter sends, Shift+Enter makes a new line; a text that could not be sent stays in the field. */
export const createComposer = ({ chatId, whose, suggestions, disabled, onSend }) => {
  const input = h('textarea', {
    rows: '1',
    placeholder: 'Сообщение',
    'aria-label': `Сообщение от имени: ${whose}`,
    'data-testid': `input-${chatId}`,
    disabled,
  });
  const button = h('button', { type: 'submit', class: 'send', 'aria-label': `Отправить от имени: ${whose}`, 'data-testid': `send-${chatId}`, disabled }, '➤');
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true, 'data-testid': `failure-${chatId}` });

  const send = async (text) => {
    if (text.trim() === '') return false;
    failure.hidden = true;
    try {
      await onSend(text);
      return true;
    } catch (error) {
      failure.textContent = `Не отправлено: ${error instanceof Error ? error.message : 'нет связи'}`;
      failure.hidden = false;
      return false;
    }
  };

  const submit = async () => {
    const text = input.value;
    input.value = '';
    grow(input);
    if (!(await send(text)) && input.value === '') input.value = text;
    grow(input);
  };

  const form = h('form', { class: 'composer' }, input, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  input.addEventListener('input', () => grow(input));
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });

  const chips = suggestions.map((text, index) => {
    const chip = h('button', { type: 'button', class: 'chip', 'data-testid': `chip-${chatId}-${index}`, disabled }, text);
    chip.addEventListener('click', () => void send(text).then(() => input.focus()));
    return chip;
  });
  const row = chips.length > 0 && h('div', { class: 'chips', role: 'group', 'aria-label': 'Готовые сообщения' }, ...chips);
  return [row, form, failure].filter(Boolean);
};
