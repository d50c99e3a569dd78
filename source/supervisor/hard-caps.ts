import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Session} from '../domain/session.ts';
import {modeOf, type WatchParameters, type WatchSettings} from '../domain/watch.ts';

/** How long systemd may take to say whether it gives scopes, in ms. */
const TRIAL_MS = 5000;
/** After a refusal it is asked again no sooner than this, in ms. */
const AGAIN_MS = 60_000;
const ERROR_MAX = 200;

type Envelope = WatchParameters['envelope'];
type Env = Readonly<Record<string, string>>;
/** Runs a program to its end; rejects with what it said on stderr when it fails. */
export type Try = (argv: readonly string[], env: Env) => Promise<void>;

/** `why`: the caps do not hold; null: they do, or none are wanted. */
export type Hardened = {argv: string[]; why: string | null};

/**
 * Launches in a scope of systemd, in which the system holds all processes to the caps, whatever they do. The program takes
 * the place of `systemd-run`, so that it is the terminal's own process all the same.
 */
export class HardCaps {
  readonly #try: Try;
  readonly #now: () => number;
  /** The flags with which scopes are given; a refusal with its time. */
  #known: {flags: readonly string[]} | {why: string; at: number} | null = null;

  constructor({now, run = tryIt}: {now: () => number; run?: Try}) {
    this.#now = now;
    this.#try = run;
  }

  async wrap(argv: string[], {envelope, env}: {envelope: Envelope; env: Env}): Promise<Hardened> {
    const caps = envelope.hard ? propertiesOf(envelope) : [];
    if (caps.length === 0) return {argv, why: null};
    const known = await this.#ways(env);
    if ('why' in known) return {argv, why: known.why};
    return {argv: [...command(known.flags), ...caps.flatMap(cap => ['-p', cap]), '--', ...argv], why: null};
  }

  async #ways(env: Env): Promise<{flags: readonly string[]} | {why: string}> {
    const known = this.#known;
    if (known !== null && ('flags' in known || Math.abs(this.#now() - known.at) < AGAIN_MS)) return known;
    let why = '';
    // A user's own manager first; root has that of the system.
    for (const flags of process.getuid?.() === 0 ? [['--user'], []] : [['--user']]) {
      try {
        await this.#try([...command(flags), '-p', 'TasksMax=16', '--', 'true'], env);
        this.#known = {flags};
        return this.#known;
      } catch (error) {
        why ||= whyOf(error);
      }
    }
    this.#known = {why, at: this.#now()};
    return this.#known;
  }
}

type Options = {now: () => number; settings: (session: Session) => WatchSettings; note: (why: string) => void};

/** The command line that a session is launched by; one whose caps cannot be held is launched without, and told of. */
export function cappedBy({now, settings, note}: Options) {
  const hard = new HardCaps({now});
  return async (session: Session, launch: {argv: string[]; env: Record<string, string>}): Promise<string[]> => {
    const held = settings(session);
    if (modeOf('envelope', session, held) !== 'on') return launch.argv;
    const {argv, why} = await hard.wrap(launch.argv, {envelope: held.envelope, env: launch.env});
    if (why !== null) note(`${session.name}: its caps are not held by the system: ${why}`);
    return argv;
  };
}

const command = (flags: readonly string[]): string[] => ['systemd-run', ...flags, '--scope', '--quiet', '--collect'];

function propertiesOf({memory, cpu, processes}: Envelope): string[] {
  return [
    ...(memory === null ? [] : [`MemoryMax=${memory}`, 'MemorySwapMax=0']),
    ...(cpu === null ? [] : [`CPUQuota=${cpu}%`]),
    ...(processes === null ? [] : [`TasksMax=${processes}`]),
  ];
}

async function tryIt([program, ...args]: readonly string[], env: Env): Promise<void> {
  await promisify(execFile)(program!, args, {env, timeout: TRIAL_MS});
}

function whyOf(error: unknown): string {
  const {code, stderr = '', message} = error as NodeJS.ErrnoException & {stderr?: string};
  if (code === 'ENOENT') return 'there is no systemd-run here';
  const [said = ''] = stderr.trim().split('\n');
  return `systemd-run: ${(said || message).slice(0, ERROR_MAX)}`;
}
