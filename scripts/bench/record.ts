import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'docs/benchmarks.md');
const TITLE = '# Benchmarks\n\nMeasured, not promised: each section names its command, machine, date and commit, and is written by that command.\n';
const GIBIBYTE = 1024 ** 3;

/** Puts `body` between the section's markers; a section that is not there yet is appended. */
export const replaceSection = (document: string, name: string, body: string): string => {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const section = `${begin}\n\n${body.trim()}\n\n${end}`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) return `${document.trimEnd()}\n\n${section}\n`;
  return document.slice(0, from) + section + document.slice(to + end.length);
};

const describeMachine = (): string => {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / GIBIBYTE)} GiB, ${process.platform} ${process.arch}`;
};

/** What was measured and where: the line under a table of results. */
export const describeRun = (command: string, now: Date): string => {
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  return `\`${command}\`, ${now.toISOString().slice(0, 10)}, commit ${commit}, ${describeMachine()}, Node ${process.versions.node}.`;
};

/** Writes a section of docs/benchmarks.md. */
export const recordSection = (name: string, body: string): void => {
  const document = existsSync(FILE) ? readFileSync(FILE, 'utf8') : TITLE;
  writeFileSync(FILE, replaceSection(document, name, body));
};
