import type {Terminal} from '@xterm/headless';

/** Nested pushes of the kitty keyboard protocol that are remembered. */
const KITTY_DEPTH = 16;

/** DEC private modes that change what a terminal sends, and that a joined terminal must follow. */
const FOLLOWED: readonly number[] = [1, 9, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004];
const ALTERNATE: readonly number[] = [47, 1047, 1049];

/** Takes back all that `sequence()` may switch on, for a terminal that people go on using. */
export const INPUT_MODES_OFF = `${FOLLOWED.map(mode => `\u001b[?${mode}l`).join('')}\u001b>\u001b[=0u\u001b[>4m\u001b[0 q`;

/** Follows what xterm parses but does not tell: which keyboard and mouse reports the program asked for. */
export class InputModes {
  readonly #terminal: Terminal;
  readonly #on = new Set<number>();
  readonly #kitty: Record<'normal' | 'alternate', number[]> = {normal: [0], alternate: [0]};
  #otherKeys = 0;
  #cursorStyle = 0;
  cursorHidden = false;

  constructor(terminal: Terminal, {beforeLeavingAlternate}: {beforeLeavingAlternate: () => void}) {
    this.#terminal = terminal;
    const {parser} = terminal;
    // All handlers return false: xterm's own ones still run.
    const csi = (id: {prefix?: string; intermediates?: string; final: string}, act: (params: number[]) => void) =>
      parser.registerCsiHandler(id, params => {
        act(params.map(param => (typeof param === 'number' ? param : (param[0] ?? 0))));
        return false;
      });
    csi({prefix: '?', final: 'h'}, modes => this.#set(modes, true));
    csi({prefix: '?', final: 'l'}, modes => {
      if (modes.some(mode => ALTERNATE.includes(mode))) beforeLeavingAlternate();
      this.#set(modes, false);
    });
    csi({prefix: '>', final: 'u'}, ([flags]) => this.#stack.push(flags ?? 0) > KITTY_DEPTH && this.#stack.shift());
    csi({prefix: '<', final: 'u'}, ([count]) => {
      this.#stack.splice(-Math.max(1, count ?? 1));
      if (this.#stack.length === 0) this.#stack.push(0);
    });
    csi({prefix: '=', final: 'u'}, ([flags = 0, how = 1]) => this.#change(flags, how));
    csi({prefix: '>', final: 'm'}, ([resource, value]) => {
      if (resource === 4) this.#otherKeys = value ?? 0;
    });
    csi({intermediates: ' ', final: 'q'}, ([style]) => {
      this.#cursorStyle = style ?? 0;
    });
    csi({intermediates: '!', final: 'p'}, () => this.#reset());
    parser.registerEscHandler({final: 'c'}, () => {
      this.#reset();
      return false;
    });
    parser.registerEscHandler({final: '='}, () => {
      this.#on.add(66);
      return false;
    });
    parser.registerEscHandler({final: '>'}, () => {
      this.#on.delete(66);
      return false;
    });
  }

  sequence(): string {
    let out = '';
    for (const mode of FOLLOWED) if (this.#on.has(mode)) out += `\u001b[?${mode}h`;
    const kitty = this.#stack.at(-1) ?? 0;
    if (kitty > 0) out += `\u001b[=${kitty}u`;
    if (this.#otherKeys > 0) out += `\u001b[>4;${this.#otherKeys}m`;
    if (this.#cursorStyle > 0 && this.#cursorStyle <= 6) out += `\u001b[${this.#cursorStyle} q`;
    return out;
  }

  /** The kitty protocol keeps a stack for each buffer. */
  get #stack(): number[] {
    return this.#kitty[this.#terminal.buffer.active.type];
  }

  #set(modes: number[], on: boolean): void {
    for (const mode of modes) {
      if (mode === 25) this.cursorHidden = !on;
      else if (!FOLLOWED.includes(mode)) continue;
      else if (on) this.#on.add(mode);
      else this.#on.delete(mode);
    }
  }

  /** `CSI = flags ; how u`: 1 sets all, 2 adds, 3 takes away. */
  #change(flags: number, how: number): void {
    const stack = this.#stack;
    const before = stack.at(-1) ?? 0;
    stack[stack.length - 1] = how === 2 ? before | flags : how === 3 ? before & ~flags : flags;
  }

  #reset(): void {
    this.#on.clear();
    this.#kitty.normal = [0];
    this.#kitty.alternate = [0];
    this.#otherKeys = 0;
    this.#cursorStyle = 0;
    this.cursorHidden = false;
  }
}
