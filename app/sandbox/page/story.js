import { h } from './dom.js';
import { duration } from './numbers.js';
import { stepWords, storyOutcome } from './story-words.js';

const KEPT = 100;
const clock = new Intl.DateTimeFormat('ru', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const titleOf = ({ steps }) => {
  const updates = steps.filter(({ kind }) => kind === 'update');
  const first = updates.find(({ text }) => !/^\[фото\]$/.test(text)) ?? updates[0];
  if (!first) return 'бот написал сам';
  const words = first.what === 'member' ? stepWords(first).text : first.text;
  return updates.length > 1 ? `${words} (фото: ${updates.length})` : words;
};

/** «печатает…» several times in a row says no more than once. */
const withoutRepeats = (steps) => steps.filter((step, index) => !(step.method === 'sendChatAction' && steps[index - 1]?.method === 'sendChatAction'));

const renderStep = (step, startedAt) => {
  const { tone, text, detail, notes } = stepWords(step);
  return h(
    'li',
    { class: 'step', 'data-tone': tone, 'data-kind': step.kind, 'data-testid': 'step' },
    h('span', { class: 'step-at', title: clock.format(new Date(step.at)) }, `+${duration(Math.max(0, step.at - startedAt))}`),
    h(
      'div',
      { class: 'step-words' },
      h('p', {}, text),
      detail && h('p', { class: 'step-detail', title: detail }, detail),
      notes && h('p', { class: 'step-notes' }, notes),
    ),
  );
};

const renderSummary = (story, facts) => {
  const { tone, text } = storyOutcome(story, facts);
  return [
    h(
      'span',
      { class: 'story-head' },
      h('b', {}, story.chatName),
      h('time', { datetime: new Date(story.startedAt).toISOString() }, clock.format(new Date(story.startedAt))),
    ),
    h('span', { class: 'story-title' }, titleOf(story)),
    h('span', { class: 'story-outcome', 'data-tone': tone }, text),
  ];
};

const renderBody = ({ steps, startedAt, dropped }) =>
  [
    h('ol', { class: 'steps' }, ...withoutRepeats(steps).map((step) => renderStep(step, startedAt))),
    dropped > 0 && h('p', { class: 'hint' }, `Пропущено шагов: ${dropped}.`),
  ].filter(Boolean);

/** Stories of what just happened, the newest first; one that goes on is redrawn in place, open or closed as it was. */
export const createStories = ({ parts }) => {
  const list = h('div', { class: 'stories', 'data-testid': 'stories' });
  const empty = h('p', { class: 'hint', 'data-testid': 'stories-empty' }, 'Пока ничего: напишите боту, и здесь появится путь вашего сообщения, шаг за шагом.');
  const notes = [
    parts.telegram === 'real' && 'Бот сейчас в настоящем Telegram: отсюда его сообщений не видно.',
    parts.model === 'real' && 'Модель настоящая, бот обращается к ней напрямую: её вызовы отсюда не видны.',
  ].filter(Boolean);
  const element = h('div', {}, ...notes.map((note) => h('p', { class: 'note', 'data-testid': 'story-note' }, note)), empty, list);
  const shown = new Map();

  const draw = (story) => {
    let item = shown.get(story.id);
    if (!item) {
      const [summary, body] = [h('summary'), h('div', { class: 'story-body' })];
      item = { summary, body, details: h('details', { class: 'story', 'data-testid': 'story' }, summary, body), story };
      item.details.addEventListener('toggle', () => item.details.open && body.replaceChildren(...renderBody(item.story)));
      shown.set(story.id, item);
      list.prepend(item.details);
    }
    item.story = story;
    item.summary.replaceChildren(...renderSummary(story, { seesModel: parts.model !== 'real' }));
    if (item.details.open) item.body.replaceChildren(...renderBody(story));
  };

  const trim = () => {
    for (const [id, { details }] of [...shown].slice(0, Math.max(0, shown.size - KEPT))) {
      details.remove();
      shown.delete(id);
    }
    empty.hidden = shown.size > 0;
  };

  return {
    element,
    /** All the sandbox remembers, newest first; after its restart other stories have the old numbers. */
    show: (stories) => {
      const open = new Set([...shown].filter(([, { details }]) => details.open).map(([id, { story }]) => `${id} ${story.startedAt}`));
      shown.clear();
      list.replaceChildren();
      for (const story of stories.toReversed()) draw(story);
      for (const { details, story } of shown.values()) details.open = open.has(`${story.id} ${story.startedAt}`);
      trim();
    },
    upsert: (story) => {
      if (!story) return;
      draw(story);
      trim();
    },
  };
};
