import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alertRules, prometheusRule } from './alert-rules.ts';
import { alertsReference } from './alerts-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { envTemplate } from './env-template.ts';
import { eventsReference } from './events-reference.ts';
import type { Generated } from './generated.ts';
import { metricsReference } from './metrics-reference.ts';
import { schemaDump } from './schema-dump.ts';
import { writeOrCheck } from './write-or-check.ts';

/** Every generated file of the repository. */
const FILES: readonly Generated[] = [
  envTemplate,
  configurationReference,
  metricsReference,
  eventsReference,
  alertRules,
  prometheusRule,
  alertsReference,
  schemaDump,
];

const HELP = `npm run generate             write every generated file
npm run generate -- --check  write nothing; exit 1 when a file differs from its source
Files:
${FILES.map(({ path }) => `  ${path}`).join('\n')}`;

const report = (differing: readonly string[], check: boolean): void => {
  if (differing.length === 0) console.log(`${FILES.length} generated files are up to date`);
  else if (check) console.error(`${differing.join(', ')}: differs from its source; run npm run generate`);
  else console.log(`written: ${differing.join(', ')}`);
};

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
if (values.help) console.log(HELP);
else {
  const differing = await writeOrCheck(FILES, { root: join(import.meta.dirname, '../..'), check: values.check });
  report(differing, values.check);
  if (values.check && differing.length > 0) process.exitCode = 1;
}
