import {leavesText} from '../domain/fleet.ts';

/** Lines of scrollback that tmux keeps per session. */
const HISTORY_LINES = 5000;

/** The server of tmux 3.3a, and with it all its terminals, dies of a paste into a pane whose process has ended. */
const PASTE = "if -F '#{pane_dead}' '' { paste-buffer -p }";

/**
 * The configuration of amux's own tmux server; the user's is never read. `window-size` stays at its
 * default here: with `manual` as a global, tmux 3.3a dies at the next `new-session -d`.
 */
export function tmuxConfiguration(detachKey: string): string {
  const {prefix, key} = splitDetachKey(detachKey);
  return `# Written by amux at each start; changes are lost.
set -s exit-empty off
set -s escape-time 10
set -s focus-events on
set -s extended-keys on
set -s set-clipboard off
set -s default-terminal tmux-256color
set -as terminal-features ',*:RGB:extkeys:focus:usstyle'
set -g default-shell /bin/sh
set -g update-environment ''
set -g history-limit ${HISTORY_LINES}
set -g remain-on-exit on
set -g remain-on-exit-format ''
set -g detach-on-destroy on
set -g mouse on
set -g set-titles off
set -g automatic-rename off
set -g allow-rename off
set -g allow-passthrough off
set -g visual-bell off
set -g bell-action none
set -g monitor-activity off
set -g status-interval 0
set -g status-style 'bg=default,fg=default,dim'
set -g status-left '#[bold] #{@amux_name} #[nobold]'
set -g status-left-length 60
set -g status-right ' ${leavesText(detachKey)} '
set -g window-status-format ''
set -g window-status-current-format ''
set -g prefix ${prefix}
unbind -a -T prefix
bind ${prefix} send-prefix
bind [ copy-mode
bind PPage copy-mode -u
bind ] ${PASTE}
unbind -n MouseDown3Pane
unbind -n M-MouseDown3Pane
bind -n MouseDown2Pane if -F '#{||:#{pane_in_mode},#{mouse_any_flag}}' { send -M } { ${PASTE} }
bind ${key} detach-client
bind ${key.toUpperCase()} detach-client
set-hook -g pane-died "send-keys -t '=amux-hub:^' x Enter"
`;
}

/** `C-b d` → prefix and key; anything else falls back to tmux's own. */
function splitDetachKey(detachKey: string): {prefix: string; key: string} {
  const match = /^(C-[a-z]) ([a-z])$/i.exec(detachKey);
  return match === null ? {prefix: 'C-b', key: 'd'} : {prefix: match[1]!, key: match[2]!.toLowerCase()};
}
