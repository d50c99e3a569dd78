import {plain, wrap} from '../draw/cells.ts';
import {fill, line, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {CockpitInfo} from '../options.ts';
import type {Theme} from '../theme.ts';

export type WelcomeProps = {
  theme: Theme;
  body: Size;
  keys: {new: string; demo: string; help: string};
  agents: CockpitInfo['agentsFound'];
  demo: boolean;
  demoCommand?: string;
  /** null: the fleet has not answered yet. */
  answered: boolean;
};

const WIDEST = 60;

/** An empty fleet: what is here and how to begin. */
export function welcomeLines(props: WelcomeProps): string[] {
  const {theme, body, keys, agents, demo, demoCommand = 'amux demo', answered} = props;
  if (!answered) return fill([], body.rows, body.cols);
  const columns = Math.min(body.cols - 4, WIDEST);
  const text: Span[][] = [
    [['strong', 'No sessions yet']],
    [],
    ...foundSpans({agents, columns}),
    [],
    keyLine(keys.new, 'makes a session: a name, an agent, a directory'),
    demo
      ? keyLine(keys.demo, `shows the demo, a fleet of seven; no agent needed (${demoCommand})`)
      : keyLine(demoCommand, 'shows a fleet, no agent needed'),
    keyLine(keys.help, 'shows all keys'),
  ];
  const indent = Math.max(2, Math.floor((body.cols - columns) / 2));
  const above = Math.max(1, Math.floor((body.rows - text.length) / 2) - 1);
  const lines = text.map(spans => ' '.repeat(indent) + line(theme, body.cols - indent, spans));
  const blank = Array.from({length: above}, () => ' '.repeat(body.cols));
  return fill([...blank, ...lines], body.rows, body.cols);
}

function foundSpans({agents, columns}: {agents: WelcomeProps['agents']; columns: number}): Span[][] {
  if (agents.length === 0) {
    return wrap('No coding agent was found on the PATH. A session can run any command.', columns).map(text => [
      ['dim', text],
    ]);
  }
  const names = agents.map(({name, version}) => plain(version === null ? name : `${name} ${version}`)).join(', ');
  return wrap(`Found here: ${names}`, columns).map(text => [['dim', text]]);
}

const keyLine = (key: string, what: string): Span[] => [
  ['key', key.length < 10 ? key.padEnd(11) : `${key}  `],
  ['dim', what],
];
