import { EVENTS } from '../../app/analytics/catalog.ts';
import { cell, GENERATED_BY, type Generated, table } from './generated.ts';

type Row = readonly [name: string, row: Readonly<{ when: string; properties: Readonly<Record<string, string>> }>];

const section = ([name, { when, properties }]: Row): string =>
  [
    `## ${name}`,
    `Stored for ${when}.`,
    table(
      ['property', 'meaning'],
      Object.entries(properties).map(([property, meaning]) => [`\`${property}\``, cell(meaning)]),
    ),
  ].join('\n\n');

/** docs: every analytics event, with its properties. */
export const eventsReference: Generated = {
  path: 'docs/reference/events.md',
  build: () =>
    [
      `<!-- ${GENERATED_BY} -->`,
      '# Analytics events',
      'Rows of the table `event`, stored in the same transaction as what they tell of; a failed turn has one of its own. None holds what a customer wrote, a phone or a name. /reset deletes a customer’s. `node scripts/funnel.ts` counts customers by day: dialogue → price → suggestion → booking.',
      ...Object.entries(EVENTS).map(section),
    ].join('\n\n'),
};
