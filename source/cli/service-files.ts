export type ServiceFacts = {
  /** Node and the launcher, absolute. */
  argv: string[];
  home: string;
  /** Where agents are found: a service has a shorter PATH than the person who installs it. */
  path: string;
  /** Of what it prints. */
  log: string;
};

export const SYSTEMD_NAME = 'amux.service';
export const LAUNCHD_LABEL = 'amux.supervisor';

/** A unit of the user's own systemd. Terminals are children of the service: its end must not be theirs. */
export function systemdUnit({argv, home, path}: ServiceFacts): string {
  const command = [...argv, 'serve', '--home', home].map(word => quoted(word.replaceAll('$', () => '$$')));
  return `[Unit]
Description=amux, the supervisor of a fleet of coding agents

[Service]
Type=exec
ExecStart=${command.join(' ')}
Environment=${quoted(`PATH=${path}`)}
KillMode=process
OOMPolicy=continue
Restart=on-failure
RestartSec=2

[Install]
WantedBy=default.target
`;
}

/** A word as systemd reads it, `%` included. */
const quoted = (word: string): string => `"${word.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;

/** A launch agent of macOS; `AbandonProcessGroup` leaves the terminals alone. */
export function launchdPlist({argv, home, path, log}: ServiceFacts): string {
  const words = [...argv, 'serve', '--home', home].map(word => `    <string>${escaped(word)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${escaped(path)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>AbandonProcessGroup</key>
  <true/>
  <key>StandardErrorPath</key>
  <string>${escaped(log)}</string>
</dict>
</plist>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
