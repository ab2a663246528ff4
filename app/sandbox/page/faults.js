import { fetchFaults, putFaults } from './api.js';
import { h } from './dom.js';
import { FAULTS, isOf } from './fault-table.js';

const MODES = [
  { mode: 'off', title: 'выкл' },
  { mode: 'next', title: 'один раз' },
  { mode: 'always', title: 'всегда' },
];
const isOn = ({ left }) => left !== 0;

/** An armed fault as the API takes it back, with what is left of its count. */
const asSet = ({ left, hits: _hits, count: _count, ...fault }) => (left === null ? fault : { ...fault, count: left });

const modeOf = (armed) => (!armed || !isOn(armed) ? 'off' : armed.left === null ? 'always' : 'next');

const createRow = ({ group, index, item, disabled, onSet }) => {
  const name = `fault-${group}-${index}`;
  const radios = MODES.map(({ mode, title }) => {
    const input = h('input', { type: 'radio', name, value: mode, id: `${name}-${mode}`, 'data-testid': `${name}-${mode}`, disabled });
    input.addEventListener('change', () => onSet(mode));
    return { mode, input, label: h('label', { for: `${name}-${mode}` }, input, h('span', {}, title)) };
  });
  const hits = h('span', { class: 'hits', hidden: true });
  const element = h(
    'fieldset',
    { class: 'fault', 'aria-describedby': `${name}-hint` },
    h('legend', {}, item.title, ' ', hits),
    h('p', { class: 'hint', id: `${name}-hint` }, item.hint),
    h('div', { class: 'modes' }, ...radios.map(({ label }) => label)),
  );
  return {
    element,
    show: (armed) => {
      const mode = modeOf(armed);
      element.dataset.on = String(mode !== 'off');
      for (const radio of radios) radio.input.checked = radio.mode === mode;
      hits.hidden = !armed || armed.hits === 0;
      hits.textContent = `сработала: ${armed?.hits ?? 0}`;
    },
  };
};

/** Switches of what may go wrong, over GET and PUT /sandbox/faults; `onChange` hears how many are on. */
export const createFaults = ({ parts, alarm, counter }) => {
  const real = { telegram: parts.telegram === 'real', model: parts.model === 'real' };
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const others = h('p', { class: 'note', hidden: true, 'data-testid': 'faults-other' });
  let view = { telegram: [], model: [] };

  const put = async (faults) => {
    failure.hidden = true;
    try {
      view = await putFaults(faults);
    } catch (error) {
      failure.textContent = `Не переключилось: ${error.message}`;
      failure.hidden = false;
    }
    show();
  };

  /** Everything else stays armed as it is: PUT replaces all switches. */
  const set = (group, item, mode) => {
    const kept = (name) => view[name].filter((armed) => isOn(armed) && !(name === group && isOf(item, armed))).map(asSet);
    const added = { off: [], next: [{ ...item.set, count: 1 }], always: [item.set] }[mode];
    const next = { telegram: kept('telegram'), model: kept('model') };
    return put({ seed: view.seed, ...next, [group]: [...next[group], ...added] });
  };

  const rows = FAULTS.flatMap(({ group, switches }) =>
    switches.map((item, index) => ({ group, item, ...createRow({ group, index, item, disabled: real[group], onSet: (mode) => void set(group, item, mode) }) })),
  );
  const repairAll = () => {
    const button = h('button', { type: 'button', class: 'primary' }, 'Всё починить');
    button.addEventListener('click', () => void put({}));
    return button;
  };
  const repair = repairAll();
  repair.dataset.testid = 'repair';
  const groups = FAULTS.map(({ group, title }) =>
    h(
      'section',
      { 'aria-labelledby': `faults-${group}` },
      h('h3', { id: `faults-${group}` }, title),
      real[group] && h('p', { class: 'note' }, 'Здесь настоящая служба: сломать её отсюда нельзя.'),
      ...rows.filter((row) => row.group === group).map(({ element }) => element),
    ),
  );
  const element = h(
    'div',
    { class: 'faults' },
    h('p', { class: 'hint' }, 'Сломайте что-нибудь и посмотрите, что увидит клиент. «Один раз» — при следующем обращении бота.'),
    h('p', { class: 'hint' }, 'После нескольких отказов бот до минуты не спрашивает модель, даже если всё починить.'),
    h('div', { class: 'repair' }, repair, others, failure),
    ...groups,
  );
  const alarmWords = h('span', {});
  const alarmRepair = repairAll();
  alarmRepair.dataset.testid = 'alarm-repair';
  alarm.append(alarmWords, alarmRepair);

  const show = () => {
    for (const { group, item, show: showRow } of rows) showRow(view[group].findLast((armed) => isOf(item, armed)));
    const armed = ['telegram', 'model'].flatMap((group) => view[group].filter(isOn).map((fault) => ({ group, fault })));
    const titles = armed.map(({ group, fault }) => rows.find((row) => row.group === group && isOf(row.item, fault))?.item.title);
    const unknown = armed.filter((_fault, index) => titles[index] === undefined).map(({ fault }) => fault.fault);
    others.hidden = unknown.length === 0;
    others.textContent = `Скрипт включил и другое: ${unknown.join(', ')}.`;
    repair.disabled = armed.length === 0;
    counter.hidden = armed.length === 0;
    counter.textContent = String(armed.length);
    alarm.hidden = armed.length === 0;
    alarmWords.textContent = `Включены поломки: ${titles.map((title, index) => title ?? armed[index].fault.fault).join('; ')}.`;
  };

  show();
  return {
    element,
    refresh: async () => {
      view = await fetchFaults();
      show();
    },
  };
};
