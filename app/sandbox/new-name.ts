const NAMES = [
  'Вера',
  'Григорий',
  'Дарья',
  'Егор',
  'Жанна',
  'Захар',
  'Ирина',
  'Кирилл',
  'Лидия',
  'Михаил',
  'Нина',
  'Олег',
  'Полина',
  'Руслан',
  'Светлана',
  'Тимур',
  'Ульяна',
  'Фёдор',
  'Юлия',
  'Яков',
] as const;

/** A first name that is not among `taken`; when all are, one of them with a number. */
export const newName = (taken: ReadonlySet<string>): string => {
  for (let round = 1; ; round += 1) {
    const free = NAMES.map((name) => (round === 1 ? name : `${name} ${round}`)).find((name) => !taken.has(name));
    if (free !== undefined) return free;
  }
};
