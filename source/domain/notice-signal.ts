import {oneLine} from './names.ts';
import {type DesktopWay, digest, type Notice} from './notices.ts';
import {printable} from './screen.ts';

export const BELL = '\x07';

/** Terminals cut longer ones, in characters. */
const TITLE_MAX = 60;
const BODY_MAX = 180;

/** These print what they do not know. */
const NO_SEQUENCES = /^(?:linux|ansi|vt\d+|dumb)/;
/** These take OSC 777, which has a title of its own; each other one OSC 9. None is sent both: some would show two. */
const TAKES_777 = /^(?:rxvt|foot)/;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What makes a terminal show a desktop notice; null: it could only be printed. Inside tmux it is wrapped, which tmux
 * hands on where its user has `allow-passthrough on`, and else drops.
 */
export function desktopSequence(
  notices: readonly Pick<Notice, 'kind' | 'text' | 'session'>[],
  env: Env,
): string | null {
  const term = env['TERM'] ?? '';
  if (term === '' || NO_SEQUENCES.test(term)) return null;
  const {title, body} = digest(notices);
  const [first, second] = [safe(title, TITLE_MAX), safe(body, BODY_MAX)];
  const has777 = TAKES_777.test(term) || env['VTE_VERSION'] !== undefined;
  // A text of OSC 9 that begins with a number would be a command of some terminals: "amux" does.
  const sequence = has777 ? `\x1b]777;notify;${first};${second}${BELL}` : `\x1b]9;${first}: ${second}${BELL}`;
  return env['TMUX'] ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence;
}

/** Text from outside inside a sequence: no control character of either kind, and no `;`, which separates its parts. */
function safe(text: string, max: number): string {
  const line = printable(oneLine(text)).replaceAll(';', ',').replace(/\s+/g, ' ');
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

export const isOverSsh = (env: Env): boolean => Boolean(env['SSH_CONNECTION'] || env['SSH_TTY']);

/**
 * Whether the terminal in front of a person shows desktop notices. `served`: the supervisor shows them on the desktop
 * of its machine; it is the same desktop where the person is not connected from elsewhere.
 */
export function terminalShows(way: DesktopWay, {env, served}: {env: Env; served: boolean}): boolean {
  if (way === 'terminal') return true;
  return way === 'auto' && (isOverSsh(env) || !served);
}
