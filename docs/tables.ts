/** `npm run docs`: writes the tables of README.md between their markers: keys from the keymap, commands from the registry. */
import {readFileSync, writeFileSync} from 'node:fs';
import {commands} from '../source/cli/registry.ts';
import {keyTable} from '../source/cockpit/keymap.ts';

const README = new URL('../README.md', import.meta.url);

const tables: Record<string, () => string> = {keys: keys, commands: commandTable};

export function withTables(readme: string): string {
  let text = readme;
  for (const [name, table] of Object.entries(tables)) {
    const start = `<!-- ${name}: written by "npm run docs" -->`;
    const end = `<!-- /${name} -->`;
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`README.md has lost its markers ${start} and ${end}`);
    text = `${text.slice(0, from + start.length)}\n\n${table().trim()}\n\n${text.slice(to)}`;
  }
  return text;
}

/** The first chapter is what everybody needs; the others unfold. */
function keys(): string {
  const table = keyTable().trim();
  const second = table.indexOf('\n\n**');
  const first = table.slice(0, second);
  return `${first}\n\n<details><summary>Events, dialogs and text fields</summary>\n\n${table.slice(second).trim()}\n\n</details>`;
}

function commandTable(): string {
  const rows = commands
    .filter(({hidden}) => hidden !== true)
    .map(({path, usage, summary, aliases = []}) => {
      const also = aliases.length === 0 ? '' : ` (also ${aliases.map(alias => `\`amux ${alias}\``).join(', ')})`;
      return `| \`amux ${`${path} ${usage}`.trim().replaceAll('|', '\\|')}\` | ${summary}${also} |`;
    });
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

if (import.meta.main) writeFileSync(README, withTables(readFileSync(README, 'utf8')));
