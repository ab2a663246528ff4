import { icon } from './icons.js';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };
const WORDS = { auto: 'как в системе', light: 'светлое', dark: 'тёмное' };

const current = () => document.documentElement.dataset.theme ?? 'auto';

// At once, and before the first paint (see index.html), or a remembered dark page would flash white.
const remembered = localStorage.getItem('theme');
if (remembered === 'light' || remembered === 'dark') document.documentElement.dataset.theme = remembered;

/** One button through three states; the choice is remembered. */
export const createThemeSwitch = (button) => {
  const show = () => {
    const label = `Оформление: ${WORDS[current()]}`;
    button.replaceChildren(icon(current()));
    button.setAttribute('aria-label', label);
    button.title = label;
  };
  button.addEventListener('click', () => {
    const theme = NEXT[current()];
    if (theme === 'auto') {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem('theme');
    } else {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem('theme', theme);
    }
    show();
  });
  show();
};
