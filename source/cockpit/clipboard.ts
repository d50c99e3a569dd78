/** Text at most, in bytes: what `ESC ] 52` may carry so that all known terminals take it. */
export const COPY_MAX = 74_994;

/**
 * The sequence that puts a text on the clipboard of the terminal in front of which the person sits (OSC 52), also over SSH;
 * null: the text is too long. Inside tmux it comes twice: tmux takes the plain one with `set-clipboard on`, and hands
 * the wrapped one on with `allow-passthrough on`.
 */
export function copySequence(text: string, env: Record<string, string | undefined>): string | null {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > COPY_MAX) return null;
  const plain = `\x1b]52;c;${bytes.toString('base64')}\x07`;
  return env['TMUX'] ? `${plain}\x1bPtmux;${plain.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : plain;
}
