import type {Socket} from 'node:net';
import type {PeerCertificate} from 'node:tls';
import type {RemoteTarget, Trust} from './target.ts';

/** How long a connection may take to come up, in ms. */
const DIAL_MS = 10_000;

/** The certificate of who answered is not the one that was expected. */
export class Untrusted extends Error {}

type Done = (error: Error | null, socket?: Socket) => void;

type Dialled = Pick<RemoteTarget, 'url' | 'trust'>;

/**
 * Connects to a supervisor over TCP. The socket is handed over once its certificate was checked, so that no byte of
 * a request, and no token, reaches anybody else. Who is cut off before that is connected once more: a supervisor that
 * hands over may have closed its door behind the system's back. Returns what gives it up.
 */
export function dial(target: Dialled, done: Done): () => void {
  let giveUp = dialOnce(target, (error, socket) => {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ECONNRESET') return done(error, socket);
    giveUp = dialOnce(target, done);
  });
  return () => giveUp();
}

function dialOnce({url, trust}: Dialled, done: Done): () => void {
  const {protocol, hostname, port} = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'https:';
  const address = {host, port: Number(port || (secure ? 443 : 80))};
  let socket: Socket;
  try {
    socket = secure ? dialSecurely(address, trust) : process.getBuiltinModule('node:net').connect(address);
  } catch (error) {
    process.nextTick(done, error as Error); // A certificate that is none.
    return () => {};
  }
  const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${DIAL_MS / 1000} s`)), DIAL_MS);
  let over = false;
  const end: Done = (error, connected) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(error, connected);
  };
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    const why = secure ? mismatch(socket as TLSSocket, trust) : null;
    if (why !== null) socket.destroy();
    end(why === null ? null : new Untrusted(why), socket);
  });
  socket.on('error', error => end(named(error)));
  socket.once('close', () => end(new Error('the connection was closed')));
  return () => {
    if (!over) socket.destroy();
  };
}

type TLSSocket = ReturnType<typeof dialSecurely>;

// Only here: a short command on the socket shall not load it.
const tlsModule = () => process.getBuiltinModule('node:tls');

function dialSecurely({host, port}: {host: string; port: number}, trust: Trust) {
  const tls = tlsModule();
  const isAddress = process.getBuiltinModule('node:net').isIP(host) !== 0;
  return tls.connect({
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(isAddress ? {} : {servername: host}),
    ...(trust.kind === 'certificates' ? {ca: trust.pem} : {}),
    // A pinned one is compared as a whole below.
    rejectUnauthorized: trust.kind !== 'fingerprint',
    checkServerIdentity: (name, certificate) =>
      isOneOf(certificate, trust) ? undefined : tls.checkServerIdentity(name, certificate),
  });
}

/** A certificate that was given itself is its owner's, whatever name the URL uses. */
function isOneOf({fingerprint256}: PeerCertificate, trust: Trust): boolean {
  if (trust.kind !== 'certificates') return false;
  const {X509Certificate} = process.getBuiltinModule('node:crypto');
  const blocks = trust.pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.some(block => new X509Certificate(block).fingerprint256 === fingerprint256);
}

function mismatch(socket: TLSSocket, trust: Trust): string | null {
  if (trust.kind !== 'fingerprint') return null;
  const found = (socket.getPeerCertificate().fingerprint256 ?? '').replaceAll(':', '').toLowerCase();
  return found === trust.sha256 ? null : `its fingerprint is sha256:${found}`;
}

/** OpenSSL's own texts are long, and name files of its sources. */
function named(error: Error): Error {
  if (isOfCertificate(error)) return new Untrusted(error.message, {cause: error});
  const {reason} = error as {reason?: string};
  return reason === undefined ? error : new Error(`no TLS there (${reason}): is it http?`, {cause: error});
}

const isOfCertificate = (error: Error): boolean =>
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  );
