import type {Backend} from '../backends/backend.ts';
import {PtyBackend} from '../backends/pty.ts';
import {TmuxBackend} from '../backends/tmux.ts';
import type {EarlySettings} from '../config/before-start.ts';
import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import {onPath} from './programs.ts';

/** The backend for new sessions first. Both are there: each still owns what was started with it. */
export function backendsFor({
  paths,
  settings,
  self,
}: {
  paths: Paths;
  settings: Pick<EarlySettings, 'backend' | 'detachKey'>;
  self: string[];
}): Backend[] {
  const hostArgv = [...self, 'pty-host', '--socket', paths.ptySocket];
  const pty = new PtyBackend({socket: paths.ptySocket, hostArgv});
  const tmux = new TmuxBackend({socket: paths.tmuxSocket, conf: paths.tmuxConf, detachKey: settings.detachKey});
  const hasTmux = onPath('tmux') !== null;
  if (settings.backend === 'tmux' && !hasTmux) {
    throw new AmuxError('backend.failed', {
      backend: 'tmux',
      why: 'it is not installed, and the configuration asks for it',
    });
  }
  return settings.backend === 'pty' || !hasTmux ? [pty, tmux] : [tmux, pty];
}
