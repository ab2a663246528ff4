/** Words by which the app (app/llm/prompt.ts) tells a model what a message is. Written out here: the sandbox imports nothing of the app. */
export const MARKS = {
  manager: '[менеджер мастерской]',
  repair: '[Проверка ответа]',
  summary: '[Краткое содержание прежней переписки',
  summaryRequest: 'Сожми переписку',
} as const;

const PHOTO = /\[фото(?:: ?(\d{1,2}))?\]/gu;

/** How many photos a customer's message stands for. */
export const countPhotos = (text: string): number => [...text.matchAll(PHOTO)].reduce((sum, [, count]) => sum + Number(count ?? 1), 0);

/** The words that came with them. */
export const withoutPhotos = (text: string): string => text.replaceAll(PHOTO, ' ').replaceAll(/^ +/gm, '');
