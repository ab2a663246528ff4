import { h } from './dom.js';
import { icon } from './icons.js';

/** The side panel: one of its `views` at a time, opened by its own button, closed by that, by × or by Escape. Remembered. */
export const createPanel = ({ panel, views }) => {
  const title = h('h2', { id: 'panel-title' });
  const close = h(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': 'Закрыть панель', title: 'Закрыть (Esc)', 'data-testid': 'panel-close' },
    icon('close'),
  );
  const body = h('div', { class: 'panel-body' });
  panel.append(h('div', { class: 'panel-head' }, title, close), body);
  let open;

  const show = (name) => {
    open = name;
    panel.hidden = name === undefined;
    document.body.toggleAttribute('data-panel', name !== undefined);
    for (const [other, { button }] of Object.entries(views)) button.setAttribute('aria-expanded', String(other === name));
    if (name === undefined) localStorage.removeItem('panel');
    else localStorage.setItem('panel', name);
    if (name === undefined) return;
    title.textContent = views[name].title;
    body.replaceChildren(views[name].element);
  };
  const leave = () => {
    const { button } = views[open];
    show(undefined);
    button.focus();
  };

  for (const [name, { button }] of Object.entries(views)) {
    button.addEventListener('click', () => {
      if (open === name) return leave();
      show(name);
      close.focus();
    });
  }
  close.addEventListener('click', leave);
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave();
  });
  // A phone shows either the panel or the chats: whoever comes back wants the chats.
  const remembered = localStorage.getItem('panel');
  if (remembered in views && !matchMedia('(max-width: 820px)').matches) show(remembered);
  return { show };
};
