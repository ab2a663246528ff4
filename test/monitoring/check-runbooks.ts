/** Headings that every runbook has, in this order. */
const HEADINGS = ['## Meaning', '## Impact', '## Diagnosis', '## Mitigation'];

const checkText = (alert: string, text: string): readonly string[] => {
  const lines = text.split('\n');
  const headings = lines.filter((line) => line.startsWith('## '));
  const sections = text.split(/^## .*$/m).slice(1);
  return [
    ...(lines[0] === `# ${alert}` ? [] : [`${alert}: the first line is not its name`]),
    ...(headings.join() === HEADINGS.join() ? [] : [`${alert}: headings are ${headings.join(', ')}`]),
    ...sections.flatMap((section, index) => (section.trim().length < 20 ? [`${alert}: ${HEADINGS[index]} says nothing`] : [])),
  ];
};

/** Alerts without a runbook, runbooks without an alert, and runbooks that lack a part. `runbooks`: name of the alert → text. */
export const checkRunbooks = (alerts: readonly string[], runbooks: ReadonlyMap<string, string>): readonly string[] => [
  ...alerts.filter((alert) => !runbooks.has(alert)).map((alert) => `${alert} has no runbook`),
  ...[...runbooks.keys()].filter((name) => !alerts.includes(name)).map((name) => `${name} is no alert`),
  ...[...runbooks].flatMap(([alert, text]) => checkText(alert, text)),
];

/** The fenced blocks of one language. */
export const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '');
