import assert from 'node:assert/strict';
import {keymap} from '../../../source/cockpit/keymap.ts';
import type {Terminal} from '../../helpers/terminal.ts';

/** A person at the cockpit who presses keys and looks at what each of them does. */
export class Tour {
  readonly terminal: Terminal;
  readonly #pressed: Set<string>;

  /** `pressed` gets an entry per key of a binding. */
  constructor(terminal: Terminal, pressed: Set<string>) {
    this.terminal = terminal;
    this.#pressed = pressed;
  }

  /**
   * Presses a key of this binding, and then writes the text, if there is one. What it causes must not be there before:
   * else it would prove nothing.
   */
  async press(id: string, key: string, causes: Sight, text = ''): Promise<void> {
    this.#check(id, key);
    await this.write(bytesOf(key) + text, causes);
    this.#pressed.add(entryOf(id, key));
  }

  /** Writes text, or presses what is no subject of this tour. */
  async write(text: string, causes: Sight): Promise<void> {
    const {terminal} = this;
    await terminal.until(() => !isSeen(causes, this.seen()), `${sightText(causes)} to be no more`);
    terminal.press(text);
    await terminal.until(() => isSeen(causes, this.seen()), `${sightText(causes)} after ${JSON.stringify(text)}`);
  }

  /** There by one key and back by the other: for what only moves, wherever that is. */
  async thereAndBack(
    there: readonly [id: string, key: string],
    back: readonly [id: string, key: string],
  ): Promise<void> {
    const {terminal} = this;
    await terminal.settled();
    const before = timeless(this.seen());
    for (const [id, key] of [there, back]) {
      this.#check(id, key);
      terminal.press(bytesOf(key));
      await terminal.until(
        () => (timeless(this.seen()) === before) === (key === back[1] && id === back[0]),
        `${key} of ${id} to move there and back; before it was\n${before}\nnow it`,
      );
      this.#pressed.add(entryOf(id, key));
    }
  }

  /** The screen's text, and what stands out on it. */
  seen(): string {
    return `${this.terminal.text()}\n${this.terminal.highlights()}`;
  }

  #check(id: string, key: string): void {
    const known = keymap.some(binding => binding.id === id && binding.keys.includes(key));
    assert.ok(known, `no key ${key} of ${id} in the keymap`);
  }

  /** Leaves the cockpit by this key. */
  async leave(id: string, key: string): Promise<void> {
    this.terminal.press(bytesOf(key));
    assert.equal(await this.terminal.ended(), 0);
    this.#pressed.add(entryOf(id, key));
  }
}

/** What is looked for on the screen; or what is not to be there any more. */
export type Sight = RegExp | {gone: RegExp};

export const gone = (pattern: RegExp): Sight => ({gone: pattern});

const isSeen = (sight: Sight, text: string): boolean =>
  sight instanceof RegExp ? sight.test(text) : !sight.gone.test(text);
const sightText = (sight: Sight): string => (sight instanceof RegExp ? `${sight}` : `no ${sight.gone}`);

/** Without the clock and ages, which go on by themselves. */
const timeless = (text: string): string => text.replace(/ (now|\d+[smh]|\d\d:\d\d)\b/g, '');

const entryOf = (id: string, key: string): string => `${id}: ${key}`;

/** Keys that no tour has pressed. */
export const unpressed = (pressed: ReadonlySet<string>): string[] =>
  keymap.flatMap(({id, keys}) => keys.map(key => entryOf(id, key)).filter(entry => !pressed.has(entry)));

const named: Record<string, string> = {
  space: ' ',
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  'alt+enter': '\x1b\r',
  'shift+enter': '\x1b[13;2u',
  'shift+up': '\x1b[1;2A',
  'shift+down': '\x1b[1;2B',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  'alt+pageup': '\x1b[5;3~',
  delete: '\x1b[3~',
  backspace: '\x7f',
  'ctrl+backspace': '\x08',
  'alt+backspace': '\x1b\x7f',
};

/** What a terminal sends for a key. */
export function bytesOf(key: string): string {
  const known = named[key];
  if (known !== undefined) return known;
  if (key.startsWith('ctrl+')) return String.fromCharCode(key.at(-1)!.toUpperCase().charCodeAt(0) & 0x1f);
  return key.startsWith('alt+') ? `\x1b${key.slice(4)}` : key;
}
