import { readFileSync, writeFileSync } from 'node:fs';
import { ENV } from '../app/contract/env.ts';
import type { Setting } from '../app/contract/setting.ts';

const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';
const README = `${import.meta.dirname}/../README.md`;
const NONE = '–';

const code = (text: string): string => `\`${text}\``;

const deployed = (setting: Setting): string => {
  if (!setting.scopes.some((scope) => scope !== 'local' && scope !== 'fake-customerio')) return NONE;
  if (setting.default !== undefined) return code(setting.default);
  return setting.optional ? 'unset' : 'required';
};

const local = (setting: Setting): string => {
  if (!setting.scopes.includes('local')) return NONE;
  const text = setting.local === undefined ? setting.default : setting.local;
  return text == null ? 'unset' : code(text);
};

const aboutOf = ({ about, kind }: Setting): string =>
  typeof kind === 'string' ? about : `${about}: ${kind.map(code).join(', ')}`;

const row = (name: string, setting: Setting): readonly string[] => [
  code(name),
  setting.scopes.filter((scope) => scope !== 'local').join(', '),
  deployed(setting),
  local(setting),
  setting.secret === undefined ? NONE : code(setting.secret),
  aboutOf(setting).replaceAll('|', '\\|'),
];

const HEAD = ['Variable', 'Roles', 'Default deployed', 'Default in `npm start`', 'Secret', 'What it is'];

/**
 * Every environment variable as a markdown table.
 *
 * @example settingsTable().split('\n')[0] // '| Variable | Roles | …'
 */
export const settingsTable = (): string => {
  const rows = Object.entries(ENV).map(([name, setting]) => row(name, setting));
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/**
 * What stands between the markers of a text, without the blank lines around it.
 *
 * @throws Error when a marker is missing
 */
export const settingsTableIn = (text: string): string => {
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md needs ${START} and, after it, ${END}`);
  return text.slice(from + START.length, to).trim();
};

const writeReadme = (): void => {
  const text = readFileSync(README, 'utf8');
  settingsTableIn(text);
  const before = text.slice(0, text.indexOf(START) + START.length);
  writeFileSync(README, `${before}\n${settingsTable()}\n${text.slice(text.indexOf(END))}`);
};

if (import.meta.main) {
  if (process.argv.includes('--write')) writeReadme();
  else console.log(settingsTable());
}
