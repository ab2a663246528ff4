import { COMMANDS } from '../../app/contract/commands.ts';
import { groupedRows, REQUIRED_WORDS } from './env-rows.ts';
import { cell, GENERATED_BY, type Generated, table } from './generated.ts';

type Row = ReturnType<typeof groupedRows>[number]['rows'][number];

const defaultOf = ({ default: value, requiredWhen }: Row): string => {
  if (value !== undefined) return `\`${value}\``;
  return requiredWhen ? `– (${REQUIRED_WORDS[requiredWhen]})` : '–';
};

const nameOf = ({ name, secret }: Row): string => (secret ? `\`${name}\` (secret)` : `\`${name}\``);

const rowOf = (row: Row): string[] => [nameOf(row), cell(row.description), cell(row.kind.expects), defaultOf(row)];

const INTRODUCTION = `
The app is configured by environment variables only. They are read once at start; every problem is reported in one message, and the process ends with exit code 78.

* An empty variable counts as unset.
* A variable marked _secret_ can also be given as \`NAME_FILE\`: the path of a file that holds the value (a last line break is dropped). Setting both is an error. Secrets are never shown, neither in messages nor in logs.
* A variable that looks like a slip of one of these names is an error.
* \`_MS\` is milliseconds.
`;

/** docs: every environment variable, with what it expects. */
export const configurationReference: Generated = {
  path: 'docs/reference/configuration.md',
  build: () => {
    const commands = table(
      ['command', 'what it does'],
      Object.entries(COMMANDS).map(([name, text]) => [`\`${name}\``, cell(text)]),
    );
    const groups = groupedRows().map(({ title, rows }) => `## ${title}\n\n${table(['variable', 'meaning', 'expects', 'default'], rows.map(rowOf))}`);
    return [`<!-- ${GENERATED_BY} -->`, '# Configuration', INTRODUCTION.trim(), `## Commands\n\n\`node app/main.ts <command>\`\n\n${commands}`, ...groups].join(
      '\n\n',
    );
  },
};
