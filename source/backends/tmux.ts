import {AmuxError} from '../domain/errors.ts';
import {lastRows, type Row, type Screen} from '../domain/screen.ts';
import type {Mark} from '../domain/steering.ts';
import {STATUS_ANSWER} from '../terminal/program-status.ts';
import {parseSgrScreen} from '../terminal/sgr.ts';
import type {Backend, BackendEvent, Launch, TerminalInfo} from './backend.ts';
import {signalAll} from './process-tree.ts';
import {quote} from './tmux-control.ts';
import {TmuxLink} from './tmux-link.ts';
import {launchCommands, Pane} from './tmux-pane.ts';

/**
 * tmux does not answer the question for OSC 7501, and by the time it is seen tmux has answered the one behind it:
 * the answer has to be there before. So often, in ms, and for so long, as it was measured to be heard always.
 */
const ANSWER_EVERY_MS = 20;
const ANSWER_FOR_MS = 3000;
/** The terminal shows when it does not echo any more; this is waited for so long, in ms. */
const QUIET_WITHIN_MS = 300;
/** Bytes of one `send-keys -H` or `set-buffer` command. */
const CHUNK = 4000;

const FACTS = [
  'pane_width',
  'pane_height',
  'cursor_x',
  'cursor_y',
  'cursor_flag',
  'alternate_on',
  'keypad_cursor_flag',
  'pane_title',
]
  .map(field => `#{${field}}`)
  .join(' ');

export type TmuxOptions = {socket: string; conf: string; detachKey: string};

/** Terminals in amux's own tmux server, driven over one control-mode connection. */
export class TmuxBackend implements Backend {
  readonly kind = 'tmux';
  readonly socket: string;
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  readonly #link: TmuxLink;

  constructor(options: TmuxOptions) {
    this.socket = options.socket;
    const onEvent = (event: BackendEvent) => {
      for (const listener of this.#listeners) listener(event);
    };
    this.#link = new TmuxLink({...options, onEvent});
  }

  /** Process id of the tmux server; 0 before the first connection. */
  get serverPid(): number {
    return this.#link.serverPid;
  }

  open(): Promise<boolean> {
    return this.#link.open();
  }

  list(): Promise<TerminalInfo[]> {
    return this.#link.list();
  }

  async launch(launch: Launch): Promise<number> {
    const control = await this.#link.control();
    const {terminal, cols, rows} = launch;
    const [created] = await control.run(...launchCommands(launch));
    const [pane = '', pid] = created![0]!.split('\t');
    const made = new Pane({terminal, pane, run: launch.run, size: {cols, rows}});
    this.#link.remember(made);
    if (launch.asksForStatus) void this.#answerForStatus(made);
    void this.#link.lookForDead();
    return Number(pid);
  }

  async capture(terminal: string): Promise<Screen> {
    const known = this.#pane(terminal);
    const [facts, lines] = await this.#link.run(
      `display-message -p -t ${known.pane} '${FACTS}'`,
      `capture-pane -p -e -N -t ${known.pane}`,
    );
    const [cols, rows, x, y, shown, alternate, arrows, ...title] = facts![0]!.split(' ');
    const parsed = parseSgrScreen(lines!.join('\n'));
    while (parsed.length < Number(rows)) parsed.push([]); // tmux leaves out an empty last line.
    return {
      cols: Number(cols),
      rows: Number(rows),
      lines: parsed,
      cursor: shown === '1' ? {x: Number(x), y: Number(y)} : null,
      title: title.join(' '),
      modes: {alternate: alternate === '1', applicationCursor: arrows === '1', bracketedPaste: known.bracketedPaste},
    };
  }

  async history(terminal: string, lines: number): Promise<string[]> {
    const {pane} = this.#pane(terminal);
    const [text] = await this.#link.run(`capture-pane -p -J -S -${Math.max(0, lines)} -t ${pane}`);
    const all = text!.map(line => line.trimEnd());
    while (all.at(-1) === '') all.pop();
    return lines > 0 ? all.slice(-lines) : [];
  }

  async rows(terminal: string, lines: number): Promise<Row[]> {
    const {pane} = this.#pane(terminal);
    const [text] = await this.#link.run(`capture-pane -p -e -N -S -${Math.max(0, lines)} -t ${pane}`);
    return lastRows(parseSgrScreen(text!.join('\n')), lines);
  }

  async write(terminal: string, bytes: string): Promise<void> {
    const {pane} = this.#pane(terminal);
    const data = Buffer.from(bytes);
    for (let i = 0; i < data.length; i += CHUNK) {
      const hex = data
        .subarray(i, i + CHUNK)
        .toString('hex')
        .replace(/../g, ' $&');
      await this.#link.run(`send-keys -t ${pane} -H${hex}`);
    }
  }

  async paste(terminal: string, text: string, mark: Mark): Promise<void> {
    const {pane} = this.#pane(terminal);
    const buffer = `amux-${terminal}`;
    const clean = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
    let append = '';
    for (let i = 0; i === 0 || i < clean.length; i += CHUNK) {
      await this.#link.run(`set-buffer ${append} -b ${buffer} -- ${quote(clean.slice(i, i + CHUNK))}`);
      append = '-a';
    }
    // `-p` brackets the paste only when the program asked for it; LF becomes CR.
    await this.#link.runIn(
      pane,
      `set-option -p -t ${pane} @amux_mark ${quote(`${mark.step} ${mark.message}`)}`,
      `paste-buffer -p -d -b ${buffer} -t ${pane}`,
    );
  }

  async enter(terminal: string, mark: Mark): Promise<void> {
    const {pane} = this.#pane(terminal);
    await this.#link.runIn(
      pane,
      `set-option -p -t ${pane} @amux_mark ${quote(`${mark.step} ${mark.message}`)}`,
      `send-keys -t ${pane} -H 0d`,
    );
  }

  async environment(terminal: string): Promise<Record<string, string>> {
    const [lines] = await this.#link.run(`show-environment -t =${terminal}:`);
    const found: Record<string, string> = {};
    let key: string | null = null;
    for (const line of lines!) {
      const assignment = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
      if (assignment !== null) {
        key = assignment[1]!;
        found[key] = assignment[2]!;
      } else if (key !== null) found[key] += `\n${line}`;
    }
    return found;
  }

  async resize(terminal: string, size: {cols: number; rows: number}): Promise<void> {
    const known = this.#pane(terminal);
    known.size = size;
    await this.#hold(known);
  }

  async close(terminal: string): Promise<void> {
    const known = this.#link.find(terminal);
    if (known === undefined) return;
    const [panes, sessions] = await this.#link.run(
      `list-panes -a -f '#{==:#{pane_id},${known.pane}}' -F '#{pane_dead} #{pane_pid}'`,
      `list-sessions -f '#{==:#{session_name},${terminal}}'`,
    );
    const [dead, pid] = panes![0]?.split(' ') ?? [];
    if (dead === '0' && Number(pid) > 1) signalAll([{pid: Number(pid)}], 'SIGKILL');
    this.#link.forget(known);
    // The window is linked twice: only kill-window takes it out of the hub. A person may have closed either, or opened more.
    if (sessions!.length > 0) await this.#link.run(`kill-session -t =${terminal}`);
    if (panes!.length > 0) await this.#link.run(`kill-window -t ${known.pane}`);
    this.#link.reap();
  }

  end(): Promise<void> {
    return this.#link.endServer();
  }

  attachArgv(terminal: string): string[] {
    const target = `=${terminal}:`;
    // In the same step: a resize for a peek may have come until then, and would hold the window at its size.
    const follow = ['set-option', '-w', '-t', target, 'window-size', 'latest'];
    return [...this.#link.tmux, '-u', 'attach-session', '-t', target, ';', ...follow];
  }

  async detached(terminal: string): Promise<void> {
    await this.#hold(this.#pane(terminal));
  }

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#link.close();
  }

  /** Answers until the first report. */
  async #answerForStatus(pane: Pane): Promise<void> {
    const bytes = Buffer.from(STATUS_ANSWER).toString('hex').replace(/../g, ' $&');
    const start = performance.now();
    const end = start + ANSWER_FOR_MS;
    const isQuiet = () => pane.printed || performance.now() > start + QUIET_WITHIN_MS;
    while (!pane.reported && !pane.exitSeen && this.#link.find(pane.terminal) === pane && performance.now() < end) {
      try {
        if (isQuiet()) await this.#link.run(`send-keys -t ${pane.pane} -H${bytes}`);
      } catch {
        return; // The terminal or its server is gone.
      }
      await new Promise(resolve => setTimeout(resolve, ANSWER_EVERY_MS));
    }
  }

  /** Unless somebody is attached, whose size rules, its window is kept at this one (`window-size manual`). */
  async #hold({terminal, pane, size: {cols, rows}}: Pane): Promise<void> {
    const look = `display-message -p -t =${terminal}: '#{session_attached}'`;
    const isAttached = (lines: string[] | undefined) => lines![0] !== '0';
    const [before] = await this.#link.run(look);
    if (isAttached(before)) return;
    const [, after] = await this.#link.run(`resize-window -t ${pane} -x ${cols} -y ${rows}`, look);
    // Who came between the two.
    if (isAttached(after)) await this.#link.run(`set-option -w -t ${pane} window-size latest`);
  }

  #pane(terminal: string): Pane {
    const pane = this.#link.find(terminal);
    if (pane === undefined) throw new AmuxError('backend.failed', {backend: 'tmux', why: `no terminal ${terminal}`});
    return pane;
  }
}
