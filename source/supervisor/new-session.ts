import {randomBytes} from 'node:crypto';
import {agentOf} from '../agents/registry.ts';
import type {Profile} from '../config/profiles.ts';
import {AmuxError} from '../domain/errors.ts';
import {noSignals} from '../domain/evidence.ts';
import type {RegisterInput} from '../domain/fleet.ts';
import {modelNamed} from '../domain/model.ts';
import {oneLines} from '../domain/names.ts';
import {DEFAULT_QUIET_MS, type Session} from '../domain/session.ts';
import {newWatch} from '../domain/watch.ts';
import type {Roster} from './roster.ts';

export type NewSession = Omit<RegisterInput, 'agent'> & {
  profile: Profile;
  project: string | null;
  kind: Session['kind'];
  workspace: Session['workspace'];
};

/** A session that was never started. */
export function newSession({roster, now}: {roster: Roster; now: () => number}, input: NewSession): Session {
  const at = now();
  const {profile, dir} = input;
  const agent = agentOf(profile.type);
  return {
    id: freeId(roster),
    name: input.name,
    kind: input.kind,
    project: input.project,
    agent: profile.id,
    agentType: profile.type,
    model: modelNamed(input.model ?? null),
    command: input.command ?? null,
    dir,
    workspace: input.workspace,
    tags: oneLines(input.tags ?? []),
    env: input.env ?? {},
    // An agent without such a mode runs as it always does: the person is told, and the card does not claim it.
    yolo: input.yolo === true && agent.yoloFlags !== null,
    restart: input.restart ?? 'on-failure',
    createdAt: freeMoment(roster, at),
    updatedAt: at,
    status: 'stopped',
    wanted: false,
    activity: 'unknown',
    activitySince: at,
    reason: 'never started',
    decidedBy: 'process',
    waitingFor: null,
    unseen: false,
    run: null,
    conversation: null,
    origin: null,
    requests: [],
    signals: noSignals(),
    quietMs: profile.quietMs ?? agent.quietMs ?? DEFAULT_QUIET_MS,
    ready: false,
    rested: false,
    hasScreenRules: agent.read !== null,
    exchange: null,
    refused: null,
    watch: newWatch(),
  };
}

/** Throws `session.exists`. */
export function checkFree(roster: Roster, name: string): void {
  for (const {session} of roster.all) {
    if (session.name === name) throw new AmuxError('session.exists', {name});
  }
  if (roster.reserved.has(name)) throw new AmuxError('session.exists', {name});
}

/** After its agent, with the first number that is free. */
export function freeName(roster: Roster, agent: string): string {
  const taken = new Set([...roster.reserved, ...roster.all.map(({session}) => session.name)]);
  const stem = /^[A-Za-z]/.test(agent) ? agent.slice(0, 50) : `agent-${agent.slice(0, 50)}`;
  for (let i = 1; ; i++) if (!taken.has(`${stem}-${i}`)) return `${stem}-${i}`;
}

/** By which sessions are listed: of two that were made in one millisecond the second comes later. */
function freeMoment(roster: Roster, at: number): number {
  const taken = new Set(roster.all.map(({session}) => session.createdAt));
  let moment = at;
  while (taken.has(moment)) moment++;
  return moment;
}

function freeId(roster: Roster): string {
  for (;;) {
    const id = `session-${randomBytes(4).readUInt32BE().toString(36).padStart(6, '0').slice(-6)}`;
    if (!roster.runners.has(id)) return id;
  }
}
