import { groupedRows, REQUIRED_WORDS } from './env-rows.ts';
import { GENERATED_BY, type Generated } from './generated.ts';

type Row = ReturnType<typeof groupedRows>[number]['rows'][number];

const describe = ({ name, description, kind, requiredWhen, secret, example }: Row): string[] => [
  `# ${description}`,
  `# ${[requiredWhen ? REQUIRED_WORDS[requiredWhen] : undefined, kind.expects].filter((part) => part !== undefined).join('; ')}`,
  ...(example === undefined ? [] : [`# e.g. ${example}`]),
  ...(secret ? [`# or ${name}_FILE=/path/to/a/file/with/the/value`] : []),
];

// A commented line leaves the default in force; an uncommented empty one is a reminder that the app reports.
const assignment = ({ name, requiredWhen, default: value = '' }: Row): string => (requiredWhen ? `${name}=` : `# ${name}=${value}`);

const HEAD = [
  `# ${GENERATED_BY}`,
  '# Copy it, fill in what has no value, uncomment what you change. Keep the copy out of version control.',
  '# Every problem is reported at start, all at once: node app/main.ts preflight',
];

/** The environment of a production process, ready to be filled in. */
export const envTemplate: Generated = {
  path: '.env.production.template',
  build: () => {
    const groups = groupedRows().map(({ title, rows }) =>
      [`# ==== ${title} ====`, ...rows.flatMap((row) => ['', ...describe(row), assignment(row)])].join('\n'),
    );
    return `${[HEAD.join('\n'), ...groups].join('\n\n')}\n`;
  },
};
