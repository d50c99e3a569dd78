import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
import {type Paths, pathsOf, prepareHome} from '../../source/config/paths.ts';
import type {Entry} from '../../source/domain/events.ts';
import {noSignals} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import type {Message} from '../../source/domain/steering.ts';
import {newWatch} from '../../source/domain/watch.ts';

/** A prepared home that goes away with the test file. */
export function temporaryHome(): Paths {
  const base = mkdtempSync(join(tmpdir(), 'amux-store-'));
  after(() => rmSync(base, {recursive: true, force: true}));
  const paths = pathsOf(join(base, 'home'));
  mkdirSync(paths.home, {mode: 0o700});
  prepareHome(paths);
  return paths;
}

export function session(id: string, change: Partial<Session> = {}): Session {
  return {
    id,
    name: `name-${id}`,
    kind: 'durable',
    project: null,
    agent: 'generic',
    agentType: 'generic',
    model: null,
    command: 'sleep 1',
    dir: '/tmp',
    workspace: {id: 'main', name: 'main', path: '/tmp'},
    tags: [],
    env: {},
    yolo: false,
    restart: 'on-failure',
    createdAt: 1,
    updatedAt: 1,
    status: 'stopped',
    wanted: false,
    activity: 'unknown',
    activitySince: 1,
    reason: 'registered',
    decidedBy: 'process',
    waitingFor: null,
    unseen: false,
    run: null,
    conversation: null,
    origin: null,
    requests: [],
    signals: noSignals(),
    quietMs: 1000,
    ready: true,
    rested: true,
    hasScreenRules: false,
    exchange: null,
    refused: null,
    watch: newWatch(),
    ...change,
  };
}

export function message(id: string, change: Partial<Message> = {}): Message {
  return {
    id,
    session: 's1',
    text: `text of ${id}`,
    asCommand: false,
    state: 'queued',
    reason: 'sent',
    actor: 'cli',
    createdAt: 1,
    changedAt: 1,
    position: 1,
    ...change,
  };
}

export function entry(changes: Entry['changes'], change: Partial<Entry> = {}): Omit<Entry, 'cursor'> {
  return {at: 1000, type: 'session.changed', actor: 'cli', session: null, reason: 'a test', changes, ...change};
}

export const put = (id: string, change: Partial<Session> = {}) =>
  entry([{kind: 'session.put', session: session(id, change)}]);

export const send = (id: string, change: Partial<Message> = {}) =>
  entry([{kind: 'message.put', message: message(id, change)}], {type: 'message.queued'});
