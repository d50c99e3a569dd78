import {readdirSync, readFileSync, readlinkSync} from 'node:fs';

/** `inode` is of its socket; `address` as the kernel writes it, hexadecimal. */
export type PortListener = {address: string; inode: string};

const LISTEN = '0A';
const NONE = '0';

/** The sockets that listen on a TCP port of this machine; null where that cannot be seen. */
export function listenersOn(port: number): PortListener[] | null {
  const found: PortListener[] = [];
  try {
    for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
      for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
        const [, local = '', , state, , , , , , inode = NONE] = line.trim().split(/\s+/);
        const [address = '', hex = ''] = local.split(':');
        if (state === LISTEN && Number.parseInt(hex, 16) === port && inode !== NONE) found.push({address, inode});
      }
    }
    return found;
  } catch {
    return found.length > 0 ? found : null; // No /proc, or no IPv6.
  }
}

/** The inodes of all sockets that a process has open; empty when it is another user's. */
export function socketsOf(pid: number | 'self'): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = inodeOf(`/proc/${pid}/fd/${fd}`);
      if (inode !== null) inodes.add(inode);
    }
  } catch {
    // Gone, or not ours to see.
  }
  return inodes;
}

function inodeOf(fd: string): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(fd))?.[1] ?? null;
  } catch {
    return null; // Closed meanwhile.
  }
}

/** Who has a port, as people know programs: `pid 4711 (node server.js)`. */
export function describeHolder(port: number): string {
  const inodes = listenersOn(port)?.map(({inode}) => inode) ?? [];
  for (const pid of inodes.length === 0 ? [] : processes()) {
    const sockets = socketsOf(pid);
    if (inodes.some(inode => sockets.has(inode))) return `pid ${pid} (${programOf(pid)})`;
  }
  return 'a program that this user cannot see';
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function programOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return line.length > 60 ? `${line.slice(0, 59)}…` : line;
  } catch {
    return 'ended meanwhile';
  }
}
