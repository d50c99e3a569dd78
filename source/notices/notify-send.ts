import {execFile} from 'node:child_process';
import {accessSync, constants, existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** How long the program may take, in ms. */
const SHOW_MS = 5000;
const TITLE_MAX = 80;
const BODY_MAX = 240;

type Env = Readonly<Record<string, string | undefined>>;

/** Whether notices can be shown on the desktop of this machine: a display, a session bus and the program. */
export function hasDesktop(env: Env): boolean {
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return false;
  // A display that came along over SSH is on another machine.
  if (env['SSH_CONNECTION']) return false;
  const bus = env['XDG_RUNTIME_DIR'];
  if (!env['DBUS_SESSION_BUS_ADDRESS'] && !(bus && existsSync(join(bus, 'bus')))) return false;
  return (env['PATH'] ?? '').split(delimiter).some(dir => dir !== '' && isProgram(join(dir, 'notify-send')));
}

export type DesktopNotice = {title: string; body: string; urgent: boolean};

/** Shows a notice by `notify-send`; resolves with why it could not, else null. */
export function notifySend({title, body, urgent}: DesktopNotice, env: Env): Promise<string | null> {
  const args = ['--app-name=amux', `--urgency=${urgent ? 'normal' : 'low'}`, '--'];
  return new Promise(resolve => {
    const child = execFile(
      'notify-send',
      [...args, text(title, TITLE_MAX), markup(text(body, BODY_MAX))],
      {env: env as NodeJS.ProcessEnv, timeout: SHOW_MS, killSignal: 'SIGKILL', encoding: 'utf8'},
      (error, _, stderr) => {
        if (error === null) resolve(null);
        else if (error.killed === true) resolve(`it took longer than ${SHOW_MS / 1000} s`);
        else resolve(text(stderr.trim() || error.message, BODY_MAX));
      },
    );
    child.stdin?.end();
  });
}

const text = (given: string, max: number): string =>
  [...given.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')].slice(0, max).join('');

/** Desktops read bodies as markup. */
const markup = (given: string): string =>
  given.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
