import { h } from './dom.js';

/** Tabs of the narrow layout; on a wide screen they are hidden and every column is seen. */
export const createTabs = ({ container, items, onSelect }) => {
  const tabs = items.map(({ id, label }) => {
    const dot = h('span', { class: 'unread', hidden: true });
    const hint = h('span', { hidden: true }, ' есть новые');
    const button = h(
      'button',
      { type: 'button', class: 'tab', role: 'tab', id: `tab-${id}`, 'aria-controls': `column-${id}`, 'data-testid': `tab-${id}` },
      label,
      dot,
      hint,
    );
    return { id, button, dot };
  });

  const select = (id) => {
    for (const tab of tabs) {
      const selected = tab.id === id;
      tab.button.setAttribute('aria-selected', String(selected));
      tab.button.tabIndex = selected ? 0 : -1;
      if (selected) tab.dot.hidden = true;
      document.getElementById(`column-${tab.id}`).dataset.selected = String(selected);
    }
    onSelect(id);
  };

  const step = (from, by) => {
    const next = tabs[(tabs.findIndex(({ id }) => id === from) + by + tabs.length) % tabs.length];
    next.button.focus();
    select(next.id);
  };

  for (const { id, button } of tabs) {
    button.addEventListener('click', () => select(id));
    button.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowRight') step(id, 1);
      if (event.key === 'ArrowLeft') step(id, -1);
    });
  }
  container.append(...tabs.map(({ button }) => button));

  return {
    select,
    markUnread: (id) => {
      const tab = tabs.find((item) => item.id === id);
      if (tab && tab.button.getAttribute('aria-selected') !== 'true') tab.dot.hidden = false;
    },
  };
};
