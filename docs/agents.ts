/** `npm run docs`: writes docs/agents.md from the newest results of `npm run test:agents`. */
import {writeFileSync} from 'node:fs';
import {cases as allCases} from '../test/real/cases.ts';
import {
  type KeptCrashes,
  type KeptDelivery,
  type KeptResult,
  newestResults,
  type Results,
} from '../test/real/results.ts';

export const AGENTS_PAGE = new URL('agents.md', import.meta.url);

const MARKS: Record<KeptResult['verdict'], string> = {pass: '✓', fail: '✗', unsupported: '–'};

export function agentsPage(results: Results = newestResults()): string {
  return `# What holds with the real programs

Written by \`npm run docs\` from the newest \`benchmark/results/agents-*.json\`, which \`npm run test:agents\` keeps: each program is driven through amux against stand-ins for its model, and amux's status, asked for every 100 ms, is compared with what the script knows to be true. ✓ the status was right: never idle while the program worked, and otherwise wrong for at most 500 ms after the first screen or event that showed a change. ✗ it was not. – the program cannot do this. The number is the longest time that the status was wrong, in ms; on a machine with more to do than cores it says less.

${versions(results.cases)}

${caseTable(results.cases)}

## What does not hold

${failures(results.cases)}

## What a program cannot do

${unsupported(results.cases)}

## Messages at random moments

Messages sent while the program was busy, idle, had a dialog open, had just started or had just been interrupted. Each has to arrive exactly once and in order, and none may answer a dialog. *Uncertain* messages are those that amux itself reports as such. *Kills*: how often the supervisor was killed with SIGKILL meanwhile.

${deliveryTable(results.deliveries)}

## Killed wherever they stood

SIGKILL to the program while it was idle, in a turn, in a tool, in a dialog, compacting or starting. It has to be back with the same conversation; a message that it worked on may stand in that once, and it is asked to continue exactly where a turn was cut off. *Back*: from the end of amux's pause before a new start (1 s, 2 s, 4 s …) until the program took input again.

${crashTable(results.crashes ?? [])}
`;
}

function versions(cases: readonly KeptResult[]): string {
  const rows = [...new Set(cases.map(({agent}) => agent))].map(agent => {
    const own = cases.filter(each => each.agent === agent);
    const newest = own.toSorted((a, b) => b.at.localeCompare(a.at))[0]!;
    const commits = [...new Set(own.map(({commit}) => commit))].join(', ');
    const busiest = Math.max(...own.map(({load}) => load ?? 0));
    return `| ${agent} | ${newest.version} | ${newest.at.slice(0, 10)} | ${commits} | ${busiest} |`;
  });
  return ['| program | version | last run | amux | highest load |', '|---|---|---|---|---|', ...rows.sort()].join('\n');
}

function caseTable(cases: readonly KeptResult[]): string {
  const columns = [...new Set(cases.map(columnOf))].sort();
  const names = allCases.map(({name}) => name);
  const rows = names.map(name => {
    const cells = columns.map(column => cellOf(cases.find(each => each.case === name && columnOf(each) === column)));
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [`| case | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---').join('|')}|`, ...rows].join('\n');
}

const columnOf = ({agent, backend}: KeptResult): string => `${agent} ${backend}`;

function cellOf(result: KeptResult | undefined): string {
  if (result === undefined) return '';
  return result.verdict === 'unsupported' ? MARKS.unsupported : `${MARKS[result.verdict]} ${result.worstWrongMs}`;
}

function failures(cases: readonly KeptResult[]): string {
  const rows = cases
    .filter(({verdict}) => verdict === 'fail')
    .map(each => {
      const told = each.firstWrong?.amuxsReason ?? null;
      return `| ${columnOf(each)} | ${each.case} | ${cell(each.reason ?? '')}${told === null ? '' : ` (amux's reason: ${cell(told)})`} |`;
    });
  return rows.length === 0
    ? 'Nothing.'
    : ['| program | case | what was wrong first |', '|---|---|---|', ...rows.sort()].join('\n');
}

function unsupported(cases: readonly KeptResult[]): string {
  const rows = cases
    .filter(({verdict}) => verdict === 'unsupported')
    .map(each => `| ${each.agent} | ${each.case} | ${cell(each.reason ?? '')} |`);
  return rows.length === 0
    ? 'Nothing.'
    : ['| program | case | why |', '|---|---|---|', ...[...new Set(rows)].sort()].join('\n');
}

function deliveryTable(deliveries: readonly KeptDelivery[]): string {
  const rows = deliveries.map(
    each =>
      `| ${each.agent} ${each.backend} | ${each.messages} | ${each.kills} | ${each.arrived} | ${each.lost} | ${each.doubled} | ${each.outOfOrder} | ${each.uncertain} | ${each.dialogsAnswered} |`,
  );
  return [
    '| program | messages | kills | arrived | lost | doubled | out of order | uncertain | dialogs answered |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.sort(),
  ].join('\n');
}

function crashTable(crashes: readonly KeptCrashes[]): string {
  const rows = crashes.map(
    ({agent, backend, kills, sessions, cold, back, faults}) =>
      `| ${agent} ${backend} | ${kills} | ${sessions} | ${cold} ms | ${back.p50} ms | ${back.longest} ms | ${faults.length === 0 ? 'none' : cell(faults.join('; '))} |`,
  );
  return [
    '| program | kills | sessions | cold start, median | back, median | back, longest | what did not hold |',
    '|---|---|---|---|---|---|---|',
    ...rows.sort(),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

if (import.meta.main) writeFileSync(AGENTS_PAGE, agentsPage());
