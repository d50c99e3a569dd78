import type {Key} from 'ink';

/** The name of a key press as `keymap.ts` writes it: `j`, `up`, `space`, `ctrl+l`, `alt+enter`. */
export function keyName(input: string, key: Key): string {
  const named = namedKey(key) ?? (input === ' ' ? 'space' : input === '\n' ? 'enter' : input);
  const shift = key.shift && (key.tab || key.return) ? 'shift+' : '';
  return `${key.ctrl ? 'ctrl+' : ''}${key.meta && !key.escape ? 'alt+' : ''}${shift}${named}`;
}

function namedKey(key: Key): string | null {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return null;
}
