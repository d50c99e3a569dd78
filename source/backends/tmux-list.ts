import type {Exit} from '../domain/run.ts';
import type {TerminalInfo} from './backend.ts';
import {zombieExit} from './process-tree.ts';
import {signalName} from './signals.ts';
import {HUB} from './tmux-control.ts';

/** Lists every pane once, one tab-separated line each; by the hub's link only what is in no session of its own any more. */
export const LIST = `list-panes -a -f '#{||:#{!=:#{session_name},${HUB}},#{==:#{window_linked_sessions},1}}' -F '${[
  'pane_id',
  `&&:#{!=:#{session_name},${HUB}},#{==:#{window_linked_sessions},1}`,
  '?#{@amux_terminal},#{@amux_terminal},#{session_name}',
  '@amux_run',
  'pane_pid',
  'pane_dead',
  'pane_dead_status',
  'pane_dead_signal',
  'pane_width',
  'pane_height',
  '@amux_mark',
  'session_attached',
  'window_activity',
]
  .map(field => `#{${field}}`)
  .join('\t')}'`;

/** A terminal, its pane, and whether its window is still to be linked into the hub. */
export type Listed = {pane: string; isUnheard: boolean; info: TerminalInfo};

/** One line of `LIST`; its `run` is empty for panes that amux did not make. */
export function parseListed(row: string): Listed {
  const [pane = '', unheard, ...info] = row.split('\t');
  return {pane, isUnheard: unheard === '1', info: parseInfo(info)};
}

function parseInfo(fields: string[]): TerminalInfo {
  const [terminal = '', runId = '', pid, dead, status = '', signal = '', cols, rows, mark = '', attached, printed] =
    fields;
  const exit = dead === '1' ? exitOf({pid: Number(pid), status, signal}) : null;
  const [step, message = ''] = mark.split(' ');
  return {
    terminal,
    run: runId,
    pid: Number(pid),
    exit,
    cols: Number(cols),
    rows: Number(rows),
    mark: step === 'pasted' || step === 'entered' ? {step, message} : null,
    printedAt: Number(printed) * 1000,
    attached: Number(attached),
  };
}

/** What tmux says, else what the kernel still holds of a process that tmux has not waited for. */
function exitOf({pid, status, signal}: {pid: number; status: string; signal: string}): Exit {
  const at = Date.now();
  if (signal !== '') return {code: null, signal: signalName(signal), at};
  if (status !== '') return {code: Number(status), signal: null, at};
  const witness = zombieExit(pid);
  return {code: witness?.code ?? null, signal: witness?.signal == null ? null : signalName(witness.signal), at};
}
