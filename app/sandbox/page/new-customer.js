import { h } from './dom.js';

/** A dialog that asks for a name; an empty one leaves the choice to the sandbox. `onCreate` resolves with what to do once it is closed. */
export const createNewCustomer = ({ dialog, button, onCreate }) => {
  const input = h('input', { type: 'text', maxlength: '64', autocomplete: 'off', id: 'new-name', 'data-testid': 'new-name' });
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const cancel = h('button', { type: 'button', class: 'tool' }, 'Отмена');
  const form = h(
    'form',
    { class: 'dialog-form' },
    h('h2', { id: 'dialog-title' }, 'Новый клиент'),
    h('label', { for: 'new-name' }, 'Имя'),
    input,
    h('p', { class: 'hint' }, 'Можно оставить пустым — имя придумает песочница. Клиент останется и после перезапуска.'),
    failure,
    h('div', { class: 'dialog-buttons' }, cancel, h('button', { type: 'submit', class: 'primary', 'data-testid': 'create-customer' }, 'Создать')),
  );
  dialog.append(form);
  button.addEventListener('click', () => {
    input.value = '';
    failure.hidden = true;
    dialog.showModal();
    input.focus();
  });
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onCreate(input.value.trim()).then(
      (goOn) => {
        dialog.close(); // gives the focus back to the button, so what comes next comes after it
        goOn();
      },
      (error) => {
        failure.textContent = `Не получилось: ${error.message}`;
        failure.hidden = false;
      },
    );
  });
};
