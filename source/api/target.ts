/** What makes a supervisor's certificate good. `advice`: what to do when it is not, for people. */
export type Trust = {advice: string} & (
  | {kind: 'system'}
  /** One of these signed it, or it is one of these, whatever name it bears. */
  | {kind: 'certificates'; pem: string}
  /** SHA-256 of the certificate, lower-case hex. */
  | {kind: 'fingerprint'; sha256: string}
);

/** A supervisor over TCP. `url` has no userinfo: it is shown to people. */
export type RemoteTarget = {url: string; token: string | null; trust: Trust};

/** Where a supervisor answers. */
export type Target = {socket: string} | RemoteTarget;

export const isRemote = (target: Target): target is RemoteTarget => 'url' in target;

/** As errors name it. */
export const shownTarget = (target: Target): string => (isRemote(target) ? target.url : target.socket);
